import { InvalidRequest } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import type { Attribution } from '#domain/alarm.ts'
import type { DeviceScope } from '#domain/user.ts'
import { acknowledgeAlarms, addComment, type AcknowledgeResult, type Acknowledgement } from '#store/alarm-acknowledge.ts'
import type { Database } from '#store/database.ts'

export { acknowledgeWithin } from '#store/alarm-acknowledge.ts'
export type { AcknowledgeResult, Acknowledgement, AlarmSelection } from '#store/alarm-acknowledge.ts'

/**
 * Acknowledges; the first one wins and later ones learn by whom. Queued messages are cancelled and the cases closed in the
 * same transaction. Acknowledging is not clearing: an alarm closes when it is both acknowledged and returned to normal.
 * One result per alarm selected, in the order of the ids asked for.
 * @throws StoreError when the database is away: nothing is acknowledged then
 */
export async function acknowledge(db: Database, request: Acknowledgement): Promise<readonly AcknowledgeResult[]> {
  return await acknowledgeAlarms(db, request)
}

/**
 * Adds a remark to an alarm, open or closed.
 * @returns false when there is none or it is out of scope
 * @throws InvalidRequest when it is empty or longer than 2,000 characters
 */
export async function comment(
  db: Database,
  request: { eventId: number; text: string; attribution: Attribution; at: Micros; scope: DeviceScope },
): Promise<boolean> {
  const text = request.text.trim()
  if (text === '' || text.length > 2000) throw new InvalidRequest('A comment has 1 to 2,000 characters.', { field: 'comment' })
  return await addComment(db, { ...request, text })
}
