// How fast history comes in from CSV, straight into blocks: node bench/history-import.ts [TAGS] [HOURS]
// A wide file with a sample a second of each tag, written first; then read, packed, compared and stored on an embedded server.
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importHistory } from '#plant/history/import-history.ts'
import { testDatabase } from '../test/support/database.ts'
import { insertPlainTags } from '../test/support/plain-tags.ts'
import { machine } from './machine.ts'

const [tags, hours] = [Number(process.argv[2] ?? 20), Number(process.argv[3] ?? 24)]
const folder = mkdtempSync(join(tmpdir(), 'synctide-bench-'))
const path = join(folder, 'history.csv')
await using t = await testDatabase()
const names = Array.from({ length: tags }, (_, index) => `T${index}`)
await insertPlainTags(t.db, names)
const file = createWriteStream(path)
file.write(`time,${names.map((name) => `D1:${name}`).join(',')}\n`)
const start = Date.parse('2026-01-01T00:00:00Z')
for (let second = 0; second < hours * 3600; second++) {
  const cells = names.map((_, index) => (20 + index + 5 * Math.sin(second / (200 + index)) + ((second * (index + 7)) % 13) / 10).toFixed(1))
  if (!file.write(`${new Date(start + second * 1000).toISOString()},${cells.join(',')}\n`)) await once(file, 'drain')
}
file.end()
await once(file, 'close')
const signal = new AbortController().signal
const request = { path, deviceCode: null, settings: {}, timeZone: 'UTC', dryRun: false, from: null, now: Date.now() * 1000, signal }
for (const dryRun of [true, false]) {
  const began = performance.now()
  const report = await importHistory(t.db, { ...request, dryRun })
  const seconds = (performance.now() - began) / 1000
  const rate = Math.round(report.samples / seconds)
  console.log(
    `${dryRun ? 'dry run' : 'import '} ${report.samples} samples, ${(report.bytes / 1e6).toFixed(0)} MB in ${seconds.toFixed(1)} s: ${rate} samples/s`,
  )
}
const [size] = await t.db.query<{ bytes: number; n: number }>(
  `select pg_total_relation_size('measurement_blocks') as bytes, sum(n)::int8 as n from measurement_blocks`,
)
console.log(`${((size?.bytes ?? 0) / (size?.n ?? 1)).toFixed(2)} bytes a sample on disk; file ${statSync(path).size} bytes`)
console.log(machine())
rmSync(folder, { recursive: true, force: true })
