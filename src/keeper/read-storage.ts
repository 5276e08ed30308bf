import type { Micros } from '#base/time.ts'
import { daysUntilFull, growthADay } from '#calc/growth.ts'
import { type DiskSpace, databaseDisk } from '#host/disk-space.ts'
import type { Database } from '#store/database.ts'
import {
  type TableSize,
  type TagSize,
  databaseBytes,
  listStorageSizes,
  sealedBytesADay,
  serverFacts,
  tableSizes,
  tagSizes,
} from '#store/storage-sizes.ts'
import { listTags } from '#store/tags.ts'

const DAY: Micros = 86_400_000_000
const LOOKS_BACK: Micros = 7 * DAY
const TAGS_TOLD = 100

export interface StorageReport {
  readonly databaseBytes: number
  readonly disk: DiskSpace | null
  readonly server: Awaited<ReturnType<typeof serverFacts>>
  readonly bytesADay: number | null
  readonly daysUntilFull: number | null
  /** Of sealed history. */
  readonly samples: number
  readonly samplesBytes: number
  readonly tables: readonly TableSize[]
  readonly devices: readonly { readonly deviceId: number; readonly samples: number; readonly bytes: number }[]
  /** The largest ones. */
  readonly tags: readonly TagSize[]
  /** Of tags that are gone. */
  readonly removed: { readonly samples: number; readonly bytes: number }
}

/** How much room everything takes, and for how long it will last. */
export async function readStorage(db: Database, dataFolder: string, now: Micros): Promise<StorageReport> {
  const disk = await databaseDisk(dataFolder)
  const sizes = await tagSizes(db)
  const deviceOf = new Map((await listTags(db, 'all')).map((tag) => [tag.id, tag.deviceId]))
  const known = sizes.filter((one) => deviceOf.has(one.tagId))
  const devices = [...Map.groupBy(known, (one) => deviceOf.get(one.tagId) ?? 0)].map(([deviceId, own]) => ({ deviceId, ...sumOf(own) }))
  const all = sumOf(sizes)
  const bytesADay = await growth(db, now)
  return {
    databaseBytes: await databaseBytes(db),
    disk,
    server: await serverFacts(db),
    bytesADay,
    daysUntilFull: daysUntilFull(disk?.freeBytes ?? null, bytesADay),
    samples: all.samples,
    samplesBytes: all.bytes,
    tables: await tableSizes(db),
    devices: devices.sort((a, b) => b.bytes - a.bytes),
    tags: known.slice(0, TAGS_TOLD),
    removed: sumOf(sizes.filter((one) => !deviceOf.has(one.tagId))),
  }
}

/** By what was measured in a week; before there is a day of that, by what is sealed of the days that are over. */
async function growth(db: Database, now: Micros): Promise<number | null> {
  const measured = growthADay((await listStorageSizes(db, now - LOOKS_BACK)).map((one) => ({ at: one.at, bytes: one.databaseBytes })))
  if (measured !== undefined) return measured
  const today = Math.floor(now / DAY) * DAY
  const days = await sealedBytesADay(db, today - LOOKS_BACK, today)
  return days.length === 0 ? null : days.reduce((sum, one) => sum + one, 0) / days.length
}

function sumOf(sizes: readonly TagSize[]): { samples: number; bytes: number } {
  return { samples: sizes.reduce((sum, one) => sum + one.samples, 0), bytes: sizes.reduce((sum, one) => sum + one.bytes, 0) }
}
