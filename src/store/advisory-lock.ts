import { setTimeout as delay } from 'node:timers/promises'
import type { Database, Transaction } from './database.ts'

export interface HeldLock extends AsyncDisposable {
  /** Grows with each new holder; every write of the holder carries it, so that a holder who lost the lock unknowingly writes nothing. */
  readonly epoch: number
  /** Aborts when the connection that holds the lock breaks: somebody else may hold it now. */
  readonly lost: AbortSignal
}

const RETRY_MILLIS = 1000

/**
 * Waits until this process is the only one of its kind on the database.
 * @throws the signal's reason when it aborts first; StoreError('unavailable')
 */
export async function holdLock(db: Database, name: string, signal: AbortSignal): Promise<HeldLock> {
  const client = await db.connect()
  const lost = new AbortController()
  client.once('end', () => lost.abort(new Error(`the lock ${name} is lost`)))
  try {
    for (;;) {
      signal.throwIfAborted()
      const { rows } = await client.query<{ held: boolean }>(
        `select pg_try_advisory_lock(hashtextextended('synctide ' || $1, 0)) as held`,
        [name],
      )
      if (rows[0]?.held === true) break
      await delay(RETRY_MILLIS, undefined, { signal })
    }
    const { rows } = await client.query<{ epoch: number }>(
      `insert into epochs (name, epoch) values ($1, 1) on conflict (name) do update set epoch = epochs.epoch + 1 returning epoch`,
      [name],
    )
    return {
      epoch: rows[0]?.epoch ?? 0,
      lost: lost.signal,
      async [Symbol.asyncDispose]() {
        await client.end()
      },
    }
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
}

/** Waits for its turn and keeps it until the transaction ends: one at a time, in any process. */
export async function lockForTransaction(tx: Transaction, name: string): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('synctide ' || $1, 0))`, [name])
}
