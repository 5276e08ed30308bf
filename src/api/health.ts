import { existsSync } from 'node:fs'
import { databaseDisk } from '#host/disk-space.ts'
import { readRunFile, runFilePath } from '#host/run-file.ts'
import { engineAgeSeconds } from '#store/alarms.ts'
import { backupAgeSeconds } from '#store/backups.ts'
import type { Database } from '#store/database.ts'
import { listProcesses } from '#store/processes.ts'
import { newestDeliveryAgeSeconds } from '#store/sources.ts'

type State = 'running' | 'starting' | 'backoff' | 'stopped'

interface ProcessHealth {
  readonly name: string
  readonly state: State
  readonly ageSeconds: number
  readonly restarts: number
}

export interface Health {
  readonly ok: boolean
  readonly version: string
  readonly database: 'up' | 'down'
  readonly newestDeliveryAgeSeconds: number | null
  readonly alarmEngineAgeSeconds: number | null
  readonly diskFreePercent: number | null
  readonly backupAgeSeconds: number | null
  readonly processes: readonly ProcessHealth[]
}

/** A process that the supervisor calls running but that has been silent for so long is not well. */
const SILENT_SECONDS = 20
/** With less room free the database may stop at any time. */
const DISK_PERCENT = 5

/** The state of every process as its supervisor and the database see it. Never throws: that nothing answers is the answer. */
export async function readHealth(db: Database, dataFolder: string, version: string): Promise<Health> {
  const supervised = readStatus(dataFolder)
  const disk = await databaseDisk(dataFolder).catch(() => null)
  const diskFreePercent = disk === null ? null : Math.round((1000 * disk.freeBytes) / disk.totalBytes) / 10
  try {
    const beats = new Map((await listProcesses(db)).map((beat) => [beat.name, beat.ageSeconds]))
    const processes = supervised.map((one) => ({ ...one, ageSeconds: Math.round(beats.get(one.name) ?? one.ageSeconds) }))
    return {
      ok:
        processes.length > 0 &&
        processes.every((one) => one.state === 'running' && one.ageSeconds < SILENT_SECONDS) &&
        (diskFreePercent ?? 100) >= DISK_PERCENT,
      version,
      database: 'up',
      newestDeliveryAgeSeconds: await newestDeliveryAgeSeconds(db),
      alarmEngineAgeSeconds: await engineAgeSeconds(db),
      diskFreePercent,
      backupAgeSeconds: await backupAgeSeconds(db),
      processes,
    }
  } catch {
    return {
      ok: false,
      version,
      database: 'down',
      newestDeliveryAgeSeconds: null,
      alarmEngineAgeSeconds: null,
      diskFreePercent,
      backupAgeSeconds: null,
      processes: supervised,
    }
  }
}

function readStatus(dataFolder: string): ProcessHealth[] {
  if (!existsSync(runFilePath(dataFolder, 'status'))) return []
  const { processes } = readRunFile(dataFolder, 'status')
  if (!Array.isArray(processes)) return []
  return processes.map((item: unknown) => {
    const { name, state, restarts, lastBeat } = item as Record<string, unknown>
    return {
      name: String(name),
      state: state === 'running' || state === 'starting' || state === 'backoff' ? state : 'stopped',
      restarts: typeof restarts === 'number' ? restarts : 0,
      ageSeconds: typeof lastBeat === 'number' ? Math.max(0, Math.round((Date.now() - lastBeat) / 1000)) : 0,
    }
  })
}
