// The embedded server of one test run: prints its URL, ends when its input ends.
import { startEmbeddedPostgres } from '#host/embedded-postgres.ts'

const [folder = ''] = process.argv.slice(2)
const server = await startEmbeddedPostgres({ folder, volatile: true })
process.stdout.write(`${server.url}\n`)
process.stdin.resume()
process.stdin.once('end', () => void server.stop())
