import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { BackupRefused } from '#base/errors.ts'

/** Stands in a data folder while a backup is being restored into it. */
export function restoreMark(dataFolder: string): string {
  return join(dataFolder, 'restore.incomplete')
}

/** Half an installation must not run. @param where it is */
export function halfRestored(where: string): BackupRefused {
  return new BackupRefused(`A restore into ${where} was cut short.`, { remedy: 'Run synctide restore FILE again; it begins anew.' })
}

/** @throws BackupRefused when a restore into the folder was cut short */
export function refuseHalfRestored(dataFolder: string): void {
  if (existsSync(restoreMark(dataFolder))) throw halfRestored(dataFolder)
}
