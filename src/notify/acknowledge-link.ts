import { acknowledge } from '#alarm/commands.ts'
import { NotFound } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import { screenLanguage, type Language } from '#domain/contact.ts'
import { findAcknowledgeToken, markTokenUsed, type AcknowledgeToken } from '#store/acknowledge-tokens.ts'
import { getAlarm, type Alarm } from '#store/alarms.ts'
import type { Database } from '#store/database.ts'
import { readSettings } from '#store/settings.ts'
import { hashToken } from './token.ts'

export interface LinkView {
  readonly state: 'open' | 'acknowledged' | 'expired'
  readonly contactName: string
  readonly alarm: Alarm
  readonly timeZone: string
  readonly language: Language
}

/**
 * What a link speaks of, to show it. Mail scanners open every link: this never acknowledges.
 * @throws NotFound for a token that was never given out or whose contact or alarm is gone
 */
export async function readAcknowledgeLink(db: Database, token: string, now: Micros): Promise<LinkView> {
  const { found, alarm } = await resolve(db, token)
  const { site } = await readSettings(db)
  const state = alarm.acknowledgedAt !== null ? 'acknowledged' : found.expiresAt <= now ? 'expired' : 'open'
  return { state, contactName: found.contactName, alarm, timeZone: site.timeZone, language: screenLanguage(found.language, site.language) }
}

/**
 * Acknowledges as `Token: <contact>`, on the person's own press of the button; repeating it changes nothing.
 * @throws NotFound as {@link readAcknowledgeLink}; StoreError when the database is away
 */
export async function acknowledgeByLink(
  db: Database,
  token: string,
  now: Micros,
): Promise<{ result: 'acknowledged' | 'already' | 'expired'; acknowledgedBy: string | null; acknowledgedAt: Micros | null }> {
  const { found, alarm, hash } = await resolve(db, token)
  if (alarm.acknowledgedAt === null && found.expiresAt <= now) return { result: 'expired', acknowledgedBy: null, acknowledgedAt: null }
  const [done] = await acknowledge(db, {
    selection: { eventIds: [alarm.id] },
    attribution: { by: 'token', contact: found.contactName },
    comment: null,
    at: now,
    scope: 'all',
  })
  if (done === undefined || done.result === 'not_found') throw unknownLink()
  await markTokenUsed(db, hash, now)
  return { result: done.result, acknowledgedBy: done.acknowledgedBy, acknowledgedAt: done.acknowledgedAt }
}

async function resolve(db: Database, token: string): Promise<{ found: AcknowledgeToken; alarm: Alarm; hash: Uint8Array }> {
  const hash = hashToken(token)
  const found = await findAcknowledgeToken(db, hash)
  const alarm = found === undefined ? undefined : await getAlarm(db, 'all', found.alarmEventId)
  if (found === undefined || alarm === undefined) throw unknownLink()
  return { found, alarm, hash }
}

function unknownLink(): NotFound {
  return new NotFound('This link is not known here.', { remedy: 'Open the newest message of this alarm, or log in and acknowledge there.' })
}
