import type { Micros } from '#base/time.ts'
import { daysInPieces } from '#store/blocks.ts'
import type { Database } from '#store/database.ts'
import { dropSamplesBefore } from '#store/drop-samples.ts'
import { mergeLateSamples } from '#store/late-samples.ts'
import { sealClosedWindows } from '#store/seal.ts'
import { joinDays } from '#store/write-blocks.ts'

const DAY: Micros = 86_400_000_000

/** What the keeper does to samples, one after the other. */
export const PHASES = {
  merge: async (db: Database, now: Micros): Promise<void> => void (await mergeLateSamples(db, now, 40)),
  seal: async (db: Database, now: Micros): Promise<void> => void (await sealClosedWindows(db, now)),
  join: async (db: Database, now: Micros): Promise<void> => {
    for (const piece of await daysInPieces(db, now - DAY, 100)) await db.transaction(async (tx) => await joinDays(tx, [piece]))
  },
  drop: async (db: Database, now: Micros): Promise<void> => void (await dropSamplesBefore(db, now - 30 * DAY)),
} as const
export type Phase = keyof typeof PHASES

/** The same database; `onStatement` is told of each statement just before it is sent, COPY apart. */
export function statementsOf(db: Database, onStatement: (count: number) => void): Database {
  let count = 0
  return {
    ...db,
    async query(text, values) {
      onStatement(++count)
      return await db.query(text, values)
    },
    async transaction(work) {
      return await db.transaction(async (tx) => {
        const told = {
          client: tx.client,
          async query<Row>(text: string, values?: readonly unknown[]) {
            onStatement(++count)
            return await tx.query<Row>(text, values)
          },
        }
        const result = await work(told)
        // the commit is on its way next
        onStatement(++count)
        return result
      })
    },
  }
}
