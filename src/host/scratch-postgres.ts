import { chmodSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { startEmbeddedPostgres } from './embedded-postgres.ts'
import { stopPostmaster } from './postmaster.ts'

/** A server for the moment, beside the real one: nothing in it is kept. */
export interface ScratchPostgres extends AsyncDisposable {
  readonly url: string
}

/**
 * Starts an empty server in a folder of its own, which is cleared before and after; one left over from a process that was killed is stopped.
 * @param folder ours alone
 */
export async function startScratchPostgres(folder: string): Promise<ScratchPostgres> {
  await clearScratch(folder)
  mkdirSync(folder, { recursive: true })
  // the account that PostgreSQL runs as must get through
  chmodSync(folder, 0o755)
  const server = await startEmbeddedPostgres({ folder, scratch: true })
  return {
    url: server.url,
    async [Symbol.asyncDispose]() {
      await server.stop()
      rmSync(dirname(server.folder), { recursive: true, force: true })
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function clearScratch(folder: string): Promise<void> {
  const cluster = join(folder, 'postgres', 'cluster')
  if (existsSync(cluster)) await stopPostmaster(cluster)
  rmSync(folder, { recursive: true, force: true })
}
