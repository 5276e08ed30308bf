import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import type { Millis } from '#base/time.ts'

/** A query that takes longer is no reason to worry, but to look whether the server is still there. */
const PATIENCE: Millis = 10_000

/**
 * Ends the busy connections of a pool whose server went without a word: a machine without power, or a cable that was pulled, answers
 * nothing, and with something on the way TCP alone waits for a quarter of an hour. A query may take as long as it likes while the
 * server accepts another connection.
 * @param reach resolves when the server answered anything at all
 */
export function endWhenSilent(pool: pg.Pool, reach: () => Promise<boolean>, patience = PATIENCE): Disposable {
  const busy = new Map<pg.PoolClient, Millis>()
  pool.on('acquire', (client) => void busy.set(client, performance.now()))
  pool.on('release', (_, client) => void busy.delete(client))
  const stopping = new AbortController()
  const overdue = (): pg.PoolClient[] => [...busy].filter(([, since]) => performance.now() - since > patience).map(([client]) => client)
  const watch = async (): Promise<void> => {
    for (;;) {
      await pause(patience / 2, undefined, { signal: stopping.signal, ref: false })
      const asked = overdue()
      // twice: it may be starting anew
      if (asked.length === 0 || (await reach()) || (await reach())) continue
      for (const client of overdue()) if (asked.includes(client)) socketOf(client)?.destroy()
    }
  }
  watch().catch(() => undefined)
  return { [Symbol.dispose]: () => stopping.abort() }
}

/** The driver has no word for it that does not wait for the server. */
function socketOf(client: pg.PoolClient): { destroy(): void } | undefined {
  const { connection } = client as unknown as { readonly connection?: { readonly stream?: { destroy(): void } } }
  return connection?.stream
}
