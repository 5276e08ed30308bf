import pg from 'pg'

/**
 * Lends a connection of the pool; one that `spoil` is called on goes to nobody else. With a signal that aborts, what the connection runs is cancelled in the server too; it goes back only when
 * the server has heard of it, so that the cancel never meets the statement of whoever borrows it next.
 * @throws the signal's reason; whatever the work threw
 */
export async function lend<T>(
  pool: pg.Pool,
  config: pg.ClientConfig,
  signal: AbortSignal | undefined,
  work: (client: pg.PoolClient, spoil: (error: Error) => void) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted()
  const client = await pool.connect()
  let broken: Error | undefined
  const spoil = (error: Error): void => void (broken ??= error)
  client.on('error', spoil)
  let cancelling: Promise<void> | undefined
  const onAbort = (): void => void (cancelling = cancel(config, client))
  signal?.addEventListener('abort', onAbort)
  try {
    // it may have been a long wait for one that is free
    signal?.throwIfAborted()
    return await work(client, spoil)
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    signal?.removeEventListener('abort', onAbort)
    await cancelling
    client.off('error', spoil)
    client.release(broken)
  }
}

/** By a connection of its own: the pool may have none left. What cannot be cancelled ends by its time limit. */
async function cancel(config: pg.ClientConfig, running: pg.PoolClient): Promise<void> {
  const client = new pg.Client(config)
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('select pg_cancel_backend($1)', [processOf(running)])
  } catch {
    // the server is away, and what it ran with it, or has no connection left
  } finally {
    client.end().catch(() => undefined)
  }
}

/** The driver knows it from the first words of the server, its types do not. */
function processOf(client: pg.PoolClient): number | null {
  const { processID } = client as unknown as { readonly processID?: number }
  return processID ?? null
}
