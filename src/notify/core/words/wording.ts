import type { Severity } from '#domain/alarm.ts'
import type { SystemTrouble } from '../system-trouble.ts'

/** Everything that messages and answers say, in one language. */
export interface Words {
  readonly severity: Readonly<Record<Severity, string>>
  readonly raised: string
  readonly cleared: string
  readonly acknowledged: string
  readonly late: string
  readonly limit: string
  /** What stands in the place of a rule's name. */
  readonly communicationLoss: string
  readonly communicationLost: string
  /** What stands in the place of a rule's name for a trouble of the system itself. */
  readonly system: Readonly<Record<SystemTrouble, string>>
  /** Of an alarm whose value is back. */
  readonly latched: string
  /** It was held until now. */
  readonly reset: string
  readonly stillOpen: string
  readonly howScreen: string
  /** The label of buttons and links. */
  readonly acknowledge: string
  readonly linkLasts: string
  /** Below a mail. */
  readonly mailUnread: string
  /** With a button below it. */
  howReply(number: number): string
  howAnswer(number: number): string
  declined(alarms: string): string
  declinedLast(alarms: string): string
  digest(count: number, critical: number): string
  readonly howDigest: string
  /** Of more alarms than one person can take in. */
  storm(count: number, critical: number): string
  /** Before the alarm that a storm began with. */
  readonly first: string
  readonly howStorm: string
  /** Of a list that would be too long. */
  more(count: number): string
  manyAcknowledged(count: number): string
  manyCleared(count: number): string
  /** How often its rule was raised since somebody was last told of it, this time included. */
  repeated(times: number, since: string): string
  nobodyAnswered(minutes: number): string
  gatewayDown(title: string, why: string): string
  gatewayUp(title: string): string
  readonly overdue: string
  /** Told without the database. */
  databaseAway(since: string): string
  engineAway(since: string): string
  readonly judgedAgain: string
  confirmed(alarms: string): string
  already(alarm: string, by: string): string
  which(alarms: string): string
  readonly noneOpen: string
  readonly notUnderstood: string
  paired(name: string): string
  readonly pairingExpired: string
  readonly stranger: string
  readonly test: string
}
