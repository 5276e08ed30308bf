import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { StoreError } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import type { Delivery } from '#domain/delivery.ts'
import type { Sample } from '#domain/sample.ts'
import { copyIn } from './copy.ts'
import { SAMPLE_COLUMNS, copySamples } from './core/copy-samples.ts'
import { decodeDelivery, encodeDelivery } from './core/delivery-codec.ts'
import type { Queryable, Transaction } from './database.ts'
import { sqlTime } from './time.ts'

/** Who writes, and as which of those who ever did. */
export interface SourceWriter {
  readonly source: string
  readonly epoch: number
}

/** A row of `deliveries`. */
export interface PackedDelivery {
  readonly seq: number
  readonly receivedAt: Micros
  readonly payload: Uint8Array
}

export interface Append {
  /** At least one, without a gap. */
  readonly deliveries: readonly PackedDelivery[]
  /** For `measurements`: within a partition that exists. */
  readonly samples: readonly Sample[]
  /** For `late_samples`: no partition takes them. */
  readonly late: readonly Sample[]
  /** The newest spool record that is contained. */
  readonly spoolRecord: number
}

export function packDelivery(delivery: Omit<Delivery, 'source'>): PackedDelivery {
  return { seq: delivery.seq, receivedAt: delivery.receivedAt, payload: pack(encodeDelivery(delivery)) }
}

/**
 * Samples, journal entries and the source's position, in the caller's transaction; readers are woken when it commits.
 * @throws StoreError('conflict') when the last delivery is not the one before these, or somebody else writes for the source by now
 */
export async function append(tx: Transaction, writer: SourceWriter, { deliveries, samples, late, spoolRecord }: Append): Promise<void> {
  const [first, last] = [deliveries[0], deliveries.at(-1)]
  if (first === undefined || last === undefined) return
  const moved = await tx.query(
    `update sources set seq = $3, spool_record = $4, received_at = $5 where source = $1 and seq = $2 - 1 and epoch = $6 returning 1`,
    [writer.source, first.seq, last.seq, spoolRecord, sqlTime(last.receivedAt), writer.epoch],
  )
  if (moved.length === 0) {
    throw new StoreError('conflict', `Delivery ${first.seq} of ${writer.source} does not follow the last one`, {
      remedy: 'Two writers for one source: stop the one that is not under the supervisor.',
    })
  }
  if (samples.length > 0) {
    // a COPY that waits while the table becomes a hypertable would go to a place where nobody reads: TimescaleDB looks before it waits
    await tx.query('lock table only measurements in row exclusive mode')
    await copyIn(tx.client, `copy measurements (${SAMPLE_COLUMNS}) from stdin binary`, copySamples(samples))
  }
  if (late.length > 0) await copyIn(tx.client, `copy late_samples (${SAMPLE_COLUMNS}) from stdin binary`, copySamples(late))
  const earliest = samples.reduce((least, one) => Math.min(least, one.sourceTimestamp), Infinity)
  await tx.query(
    `insert into deliveries (source, seq, received_at, payload)
     select $1, delivery.* from refuse_frozen($5), unnest($2::int8[], $3::timestamptz[], $4::bytea[]) as delivery`,
    [
      writer.source,
      deliveries.map((one) => one.seq),
      deliveries.map((one) => sqlTime(one.receivedAt)),
      deliveries.map((one) => one.payload),
      samples.length === 0 ? null : sqlTime(earliest),
    ],
  )
  await tx.query(`select pg_notify('deliveries', $1)`, [writer.source])
}

/**
 * The deliveries of a source after `seq`, in order. The first one is not `seq + 1` when the journal does not reach back that far.
 * @param limit most that are read at once; fewer means that the end is reached
 */
export async function readAfter(db: Queryable, source: string, seq: number, limit = 200): Promise<readonly Delivery[]> {
  const rows = await db.query<{ seq: number; receivedAt: Micros; payload: Buffer }>(
    `select seq, received_at as "receivedAt", payload from deliveries where source = $1 and seq > $2 order by seq limit $3`,
    [source, seq, limit],
  )
  return rows.map((row) => ({ source, seq: row.seq, receivedAt: row.receivedAt, ...decodeDelivery(unpack(row.payload)) }))
}

// the first byte says whether the rest is compressed: small deliveries grow by it
const PLAIN = 0
const ZSTD = 1
const WORTH_COMPRESSING = 400

function pack(bytes: Uint8Array): Uint8Array {
  if (bytes.length < WORTH_COMPRESSING) return Buffer.concat([Buffer.of(PLAIN), bytes])
  return Buffer.concat([Buffer.of(ZSTD), zstdCompressSync(bytes)])
}

function unpack(bytes: Buffer): Uint8Array {
  const rest = bytes.subarray(1)
  return bytes[0] === ZSTD ? zstdDecompressSync(rest) : rest
}
