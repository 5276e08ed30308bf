import type { Micros } from '#base/time.ts'
import type { ContactGroup } from '#domain/escalation.ts'
import { onDutyAt } from './duty.ts'
import type { PlanContact } from './plan.ts'

/** Who of a group is to be told at an instant, and who is off duty; undefined when there is no such group. */
export function membersOf(
  groups: readonly ContactGroup[],
  contacts: readonly PlanContact[],
  groupId: number,
  at: Micros,
  timeZone: string,
): { contacts: readonly PlanContact[]; offDuty: readonly PlanContact[] } | undefined {
  const group = groups.find((one) => one.id === groupId)
  if (group === undefined) return undefined
  const named = (ids: readonly number[]): PlanContact[] => ids.flatMap((id) => contacts.find((one) => one.id === id) ?? [])
  if (group.duty === 'everybody') return { contacts: named(group.memberIds), offDuty: [] }
  const duty = onDutyAt(group.schedule, at, timeZone).contactIds
  return { contacts: named(duty), offDuty: named(group.memberIds.filter((id) => !duty.includes(id))) }
}
