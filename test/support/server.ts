// The embedded server of one test run: prints its URL, ends when its input ends. With a second argument, a folder of PostgreSQL with bin/ and
// lib/ that has TimescaleDB, that one.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '#host/embedded-postgres.ts'

const [folder = '', binaries] = process.argv.slice(2)
const options = { folder, volatile: true, ...(binaries === undefined ? {} : { binaries }) }
let server = await startEmbeddedPostgres(options)
if (binaries !== undefined) {
  // each database has a worker of its own that looks after policies
  const settings = { shared_preload_libraries: "'timescaledb'", max_worker_processes: '32', max_locks_per_transaction: '256' }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`)
  writeFileSync(join(server.folder, 'local.conf'), lines.join(''))
  await server.stop()
  server = await startEmbeddedPostgres(options)
}
process.stdout.write(`${server.url}\n`)
process.stdin.resume()
process.stdin.once('end', () => void server.stop())
