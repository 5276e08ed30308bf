import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { BackupRefused } from '#base/errors.ts'

/** Stands in a data folder while a backup is being restored into it. */
export function restoreMark(dataFolder: string): string {
  return join(dataFolder, 'restore.incomplete')
}

/** @throws BackupRefused when a restore into the folder was cut short: half an installation must not run */
export function refuseHalfRestored(dataFolder: string): void {
  if (!existsSync(restoreMark(dataFolder))) return
  throw new BackupRefused(`A restore into ${dataFolder} was cut short.`, {
    remedy: 'Run synctide restore FILE again; it begins anew.',
  })
}
