import type { Micros } from '#base/time.ts'
import { type DiskLevel, diskLevel } from '#calc/growth.ts'
import { type DiskSpace, databaseDisk } from '#host/disk-space.ts'
import type { Database } from '#store/database.ts'
import { databaseBytes, listStorageSizes, saveStorageSize } from '#store/storage-sizes.ts'
import { lastEventOf, raiseSystem } from '#store/system-events.ts'

const HOUR: Micros = 3_600_000_000
const CODE = 'keeper.disk_room'

/** Measures the database once an hour, and tells when the disk runs low, runs lower, or has room again. */
export async function watchDisk(db: Database, dataFolder: string, now: Micros): Promise<DiskLevel> {
  const disk = await databaseDisk(dataFolder)
  if ((await listStorageSizes(db, now - HOUR)).length === 0) {
    const [freeBytes, totalBytes] = [disk?.freeBytes ?? null, disk?.totalBytes ?? null]
    await saveStorageSize(db, { at: now, databaseBytes: await databaseBytes(db), freeBytes, totalBytes })
  }
  return disk === null ? 'good' : await tell(db, disk)
}

async function tell(db: Database, { freeBytes, totalBytes }: DiskSpace): Promise<DiskLevel> {
  const told = (await lastEventOf(db, CODE))?.detail['level']
  const before = told === 'warning' || told === 'critical' ? told : 'good'
  const level = diskLevel(freeBytes / totalBytes, before)
  if (level === before) return level
  const freePercent = Math.round((1000 * freeBytes) / totalBytes) / 10
  await db.transaction((tx) => raiseSystem(tx, { code: CODE, severity: level === 'good' ? 'info' : level, detail: { level, freePercent } }))
  return level
}
