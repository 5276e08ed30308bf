// How fast a spool that grew while the database was away is drained: node bench/spool-drain.ts [--million 5] [--tags 1000] [--ago 0]
// Records of a sample a second of each tag, the newest of them so many hours old; what no open window takes comes in late. Then what the
// keeper needs to put it where it belongs. On an embedded server, without fsync unless one is named by SYNCTIDE_TEST_DATABASE_URL.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { systemClock } from '#host/clock.ts'
import { LATE_AT_ONCE, mergeLateSamples } from '#store/late-samples.ts'
import { encodeFrame } from '../src/ingest/core/spool-record.ts'
import { JournalLink } from '../src/ingest/journal-link.ts'
import { CommittedMemory } from '../src/ingest/learned-memory.ts'
import { Spool } from '../src/ingest/spool.ts'
import { Writer } from '../src/ingest/writer.ts'
import { testDatabase } from '../test/support/database.ts'
import { insertPlainTags } from '../test/support/plain-tags.ts'
import { load, machine, option } from './machine.ts'

const [million, tags, ago] = [option('million', 5), option('tags', 1000), option('ago', 0)]
const records = Math.round((million * 1e6) / tags)
const folder = mkdtempSync(join(tmpdir(), 'synctide-drain-'))
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
await using t = await testDatabase()
const { db } = t
const tagIds = await insertPlainTags(
  db,
  Array.from({ length: tags }, (_, index) => `T${index}`),
)
await using spool = await Spool.open({ folder, clock: systemClock, log: silent, maxBytes: 20e9, minFreeBytes: 0 })
const newest = Math.floor(systemClock.now() / 1e6) - ago * 3600
for (let at = 0; at < records; at += 100) {
  const frames = Array.from({ length: Math.min(100, records - at) }, (_, index) => {
    const second = newest - records + at + index
    const readings = tagIds.map((tagId) => ({
      sample: {
        tagId,
        sourceTimestamp: second * 1e6,
        value: Math.round(200 + 50 * Math.sin((second + tagId) / 300)) / 10,
        quality: 0,
        statusCode: null,
      },
      store: true,
      changed: true,
    }))
    return {
      number: at + index + 1,
      bytes: encodeFrame(at + index + 1, { receivedAt: second * 1e6, readings, reports: [], memory: [], gaps: [] }),
    }
  })
  await spool.append(frames)
}
console.log(`${machine()}; ${load()}`)
console.log(
  `${million} million samples of ${tags} tags in ${records} records, ${(spool.bytes / 1e6).toFixed(0)} MB; the newest ${ago} h old`,
)
await using memory = new CommittedMemory(folder, silent)
const journal = new JournalLink(db, { source: 'bench', protocol: 'modbus' }, memory, () => undefined)
const position = await journal.position()
const began = performance.now()
const used = process.cpuUsage()
const writer = new Writer({ spool, journal, clock: systemClock, log: silent }, position)
while (writer.state.committedSamples < records * tags) await delay(50)
const seconds = (performance.now() - began) / 1000
const { user, system } = process.cpuUsage(used)
const [where] = await db.query<{ rows: number; late: number }>(
  'select (select count(*) from measurements) as rows, (select count(*) from late_samples) as late',
)
console.log(
  `drained in ${seconds.toFixed(1)} s: ${Math.round((records * tags) / seconds)} samples/s (aim 100,000), our own processor ` +
    `${((user + system) / records / tags).toFixed(2)} µs a sample; ${where?.rows} lie as rows, ${where?.late} are late; ${load()}`,
)
await writer.stop(1000)
const merging = performance.now()
const before = process.cpuUsage()
let merged = 0
for (let now = LATE_AT_ONCE; now === LATE_AT_ONCE; merged += now) now = await mergeLateSamples(db, systemClock.now())
const took = (performance.now() - merging) / 1000
const own = process.cpuUsage(before)
if (merged > 0)
  console.log(
    `${merged} late ones merged in ${took.toFixed(1)} s: ${Math.round(merged / took)} samples/s, our own processor ` +
      `${((own.user + own.system) / merged).toFixed(2)} µs a sample; ${load()}`,
  )
rmSync(folder, { recursive: true, force: true })
