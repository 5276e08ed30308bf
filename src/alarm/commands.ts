import { acknowledgeAlarms, type AcknowledgeResult, type Acknowledgement } from '#store/alarm-acknowledge.ts'
import type { Database } from '#store/database.ts'

export { acknowledgeWithin } from '#store/alarm-acknowledge.ts'
export type { AcknowledgeResult } from '#store/alarm-acknowledge.ts'

/**
 * Acknowledges; the first one wins and later ones learn by whom. Queued messages are cancelled and the cases closed in the
 * same transaction. Acknowledging is not clearing: an alarm closes when it is both acknowledged and returned to normal.
 * One result per alarm selected, in the order of the ids asked for.
 * @throws StoreError when the database is away: nothing is acknowledged then
 */
export async function acknowledge(db: Database, request: Acknowledgement): Promise<readonly AcknowledgeResult[]> {
  return await acknowledgeAlarms(db, request)
}
