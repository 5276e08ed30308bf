// How fast history comes in from CSV, straight into blocks: node bench/history-import.ts [--tags 20] [--hours 72] [--layout wide|long]
// A file with a sample a second of each tag, written first; then read, packed, compared and stored on an embedded server. Beside the seconds
// on the wall stand those of processors, which a machine that does other work too tells truly.
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importHistory } from '#plant/history/import-history.ts'
import { testDatabase } from '../test/support/database.ts'
import { insertPlainTags } from '../test/support/plain-tags.ts'
import { load, machine, option } from './machine.ts'

const [tags, hours] = [option('tags', 20), option('hours', 72)]
const long = process.argv.includes('long')
const folder = mkdtempSync(join(tmpdir(), 'synctide-bench-'))
const path = join(folder, 'history.csv')
await using t = await testDatabase()
const names = Array.from({ length: tags }, (_, index) => `T${index}`)
await insertPlainTags(t.db, names)
const file = createWriteStream(path)
file.write(long ? 'time,tag,value\n' : `time,${names.map((name) => `D1:${name}`).join(',')}\n`)
const start = Date.parse('2026-01-01T00:00:00Z')
for (let second = 0; second < hours * 3600; second++) {
  const time = new Date(start + second * 1000).toISOString()
  const cells = names.map((_, index) => (20 + index + 5 * Math.sin(second / (200 + index)) + ((second * (index + 7)) % 13) / 10).toFixed(1))
  const text = long ? cells.map((cell, index) => `${time},D1:T${index},${cell}\n`).join('') : `${time},${cells.join(',')}\n`
  if (!file.write(text)) await once(file, 'drain')
}
file.end()
await once(file, 'close')
const signal = new AbortController().signal
const request = { path, deviceCode: null, settings: {}, timeZone: 'UTC', dryRun: false, from: null, now: Date.now() * 1000, signal }
console.log(`${machine()}; ${long ? 'long' : 'wide'} file of ${tags} tags, ${hours} h, a sample a second`)
for (const dryRun of [true, false]) {
  const began = performance.now()
  const before = process.cpuUsage()
  const report = await importHistory(t.db, { ...request, dryRun })
  const seconds = (performance.now() - began) / 1000
  const { user, system } = process.cpuUsage(before)
  console.log(
    `${dryRun ? 'dry run' : 'import '} ${report.samples} samples, ${(report.bytes / 1e6).toFixed(0)} MB in ${seconds.toFixed(1)} s: ` +
      `${Math.round(report.samples / seconds)} samples/s (aim 500,000); ${((user + system) / report.samples).toFixed(2)} µs of processor a sample; ${load()}`,
  )
}
const [size] = await t.db.query<{ bytes: number; n: number }>(
  `select pg_total_relation_size('measurement_blocks') as bytes, sum(n)::int8 as n from measurement_blocks`,
)
console.log(`${((size?.bytes ?? 0) / (size?.n ?? 1)).toFixed(2)} bytes a sample on disk; file ${statSync(path).size} bytes`)
rmSync(folder, { recursive: true, force: true })
