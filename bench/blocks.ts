// A day of one tag of each kind of signal as a sealed block: bytes a sample with its outline, packing (read back and compared) and reading a
// second, and how much of it report by exception would not even have written: node bench/blocks.ts [--points 86400] [--rounds 5]. Of the twenty
// tags of a mixed device ten are stamped on the second, ten with the jitter of a device's own clock. Then BRIN beside B-tree on rows.
import type { SampleColumns } from '#store/core/sample-columns.ts'
import { HEADER_BYTES } from '#store/drop-samples.ts'
import { packBlock, unpackColumns } from '#store/pack-block.ts'
import { type Reading, keep, newTagMemory } from '../src/ingest/core/report-by-exception.ts'
import { testDatabase } from '../test/support/database.ts'
import { load, machine, option, quantile } from './machine.ts'
import { random, signals } from './signals.ts'

/** A row of a heap with a B-tree by tag and time, measured on 86 million of them. */
const ROW_BYTES = 102
const points = option('points', 86_400)
const rounds = option('rounds', 5)
const START = Date.parse('2026-03-01T00:00:00Z') * 1000

console.log(`${machine()}; ${load()}`)
console.log(`${points} samples a block, median of ${rounds} rounds; report by exception: every change, or once a minute`)
console.log('clock      signal                          bytes  outline   packed     read  less than rows   not written')
const total = { bytes: 0, outline: 0, share: 0, kept: 0 }
for (const jitter of [false, true]) {
  for (const [name, share, make] of signals) {
    const columns = day(make(), jitter)
    const packed: number[] = []
    const read: number[] = []
    let [size, outline] = [0, 0]
    for (let round = 0; round < rounds; round++) {
      const began = performance.now()
      const block = packBlock(columns)
      const middle = performance.now()
      unpackColumns(block.data)
      read.push(performance.now() - middle)
      packed.push(middle - began)
      outline = (block.outline?.length ?? 0) / points
      size = (block.data.length + HEADER_BYTES) / points
    }
    const kept = reported(columns)
    total.bytes += size * share
    total.outline += outline * share
    total.kept += kept * share
    total.share += share
    const rate = (times: readonly number[]): string => `${(points / quantile(times, 0.5) / 1000).toFixed(1)} M/s`
    console.log(
      `${jitter ? 'own clock ' : 'on second '} ${name.padEnd(28)} ${size.toFixed(3).padStart(8)} ${outline.toFixed(3).padStart(8)} ` +
        `${rate(packed).padStart(8)} ${rate(read).padStart(8)} ${(100 - (100 * (size + outline)) / ROW_BYTES).toFixed(1).padStart(13)} % ${(100 - 100 * kept).toFixed(1).padStart(11)} %`,
    )
  }
}
const mixed = (total.bytes + total.outline) / total.share
console.log(
  `mixed: ${mixed.toFixed(3)} bytes a sample with rollups (aim 1.0), ${(total.bytes / total.share).toFixed(3)} without; ` +
    `${(100 - (100 * mixed) / ROW_BYTES).toFixed(1)} % less than rows with their index; ${(100 - (100 * total.kept) / total.share).toFixed(1)} % not written`,
)
await indexes()

/** @returns the share of samples that report by exception stores */
function reported(columns: SampleColumns): number {
  const memory = newTagMemory()
  let stored = 0
  for (let index = 0; index < points; index++) {
    const out: Reading[] = []
    const sample = { tagId: 1, sourceTimestamp: columns.times[index] ?? 0, value: columns.values[index] ?? 0, quality: 0, statusCode: null }
    keep(memory, sample, { on: true, deadband: 0, heartbeatSeconds: 60 }, out)
    stored += out.filter((one) => one.store).length
  }
  return Math.min(1, stored / points)
}

/** The claim of the brief: a BRIN index is far smaller than a B-tree and as good for ranges of time. */
async function indexes(): Promise<void> {
  await using t = await testDatabase()
  const seconds = option('rows', 2_000_000) / 200
  await t.db.query('create table ranges (tag_id int, time_stamp timestamptz, value float8)')
  await t.db.query(
    `insert into ranges select tag, timestamptz '2026-01-01' + s * interval '1 second', s from generate_series(1, $1::int) s, generate_series(1, 200) tag`,
    [seconds],
  )
  await t.db.query('create index ranges_brin on ranges using brin (time_stamp) with (pages_per_range = 32)')
  await t.db.query('create index ranges_tree on ranges (tag_id, time_stamp)')
  await t.db.query('create index ranges_time on ranges (time_stamp)')
  await t.db.query('vacuum analyze ranges')
  const sizes = await t.db.query<{ name: string; bytes: number }>(
    `select relname::text as name, pg_relation_size(oid)::int8 as bytes from pg_class where relname like 'ranges\\__%' order by 1`,
  )
  console.log(`indexes of ${seconds * 200} rows: ${sizes.map((one) => `${one.name} ${Math.round(one.bytes / 1024)} kB`).join(', ')}`)
  const hour = `time_stamp >= timestamptz '2026-01-01 00:30Z' and time_stamp < timestamptz '2026-01-01 00:40Z'`
  for (const [what, where] of [
    ['ten minutes of all tags', hour],
    ['ten minutes of one tag', `${hour} and tag_id = 7`],
  ] as const) {
    const told: string[] = []
    for (const [name, others] of [
      ['BRIN', ['ranges_tree', 'ranges_time']],
      ['B-tree', ['ranges_brin']],
    ] as const) {
      const millis = await t.db.transaction(async (tx) => {
        for (const other of others) await tx.query(`drop index ${other}`)
        const all: number[] = []
        for (let round = 0; round < 9; round++) {
          const began = performance.now()
          await tx.query(`select sum(value) from ranges where ${where}`)
          all.push(performance.now() - began)
        }
        // the indexes are wanted again
        await tx.query('rollback').then(async () => await tx.query('begin'))
        return quantile(all, 0.5)
      })
      told.push(`${name} ${millis.toFixed(1)} ms`)
    }
    console.log(`${what}: ${told.join(', ')}`)
  }
}

function day(value: (at: number) => number, jitter: boolean): SampleColumns {
  return {
    times: Float64Array.from({ length: points }, (_, at) => START + at * 1_000_000 + (jitter ? Math.floor(random() * 32) * 1000 : 0)),
    values: Float64Array.from({ length: points }, (_, at) => value(at)),
    kinds: new Uint8Array(points),
    qualities: new Uint16Array(points),
    texts: new Map(),
    statusCodes: new Map(),
  }
}
