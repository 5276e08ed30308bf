import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { ConfigError, asError } from '#base/errors.ts'
import { systemClock } from '#host/clock.ts'
import { readBootstrapConfig } from '#host/config.ts'
import { programVersion } from '#host/program-version.ts'
import { takeBackup } from '#keeper/backup.ts'
import { restoreBackup } from '#keeper/restore.ts'
import { recordAudit } from '#store/audit.ts'
import { openDatabase } from '#store/database.ts'
import { type Command, EXIT } from './command.ts'
import { commandLineUser } from './plant-commands.ts'

export const backup: Command = {
  name: 'backup',
  takes: '',
  summary: 'Takes a backup of everything, restores it into a scratch server and compares: a file that is there is good.',
  help: `  --to FILE         write it there instead of the folder of backups`,
  options: { to: { type: 'string' } },
  async run({ values, dataFolder, databaseUrl, print, json }) {
    const { backupFolder, backupHook } = readBootstrapConfig(process.env)
    const db = openDatabase(databaseUrl(), { name: 'cli', max: 2 })
    try {
      const place = { dataFolder, folder: backupFolder, hook: backupHook }
      const log = { info: () => undefined, warn: () => undefined }
      const to = typeof values['to'] === 'string' ? resolve(values['to']) : undefined
      const report = await takeBackup({ db, clock: systemClock, program: programVersion(), log, ...place }, 'asked', to)
      await recordAudit(db, { who: commandLineUser(), via: 'cli', action: 'backup.take', object: report.file, after: report })
      if (values['json'] === true) json(report)
      else {
        print(
          `${report.file}: ${(report.bytes / 1e6).toFixed(report.bytes < 1e6 ? 3 : 1)} MB, ${report.encrypted ? 'encrypted' : 'not encrypted'}.`,
        )
        print(`Restored and compared: ${report.tables} tables, ${report.rows} rows, the same. ${report.seconds} s.`)
        if (report.hookProblem !== null) print(`The hook failed: ${report.hookProblem}`)
      }
      return report.hookProblem === null ? EXIT.ok : EXIT.failed
    } finally {
      await db.close()
    }
  },
}

export const restore: Command = {
  name: 'restore',
  takes: 'FILE',
  summary: 'Makes an installation of a backup, on an empty data folder. The file is checked to its end before anything is touched.',
  help: `  --key-file FILE   a file with the key of an encrypted backup; SYNCTIDE_DATA names the folder to restore into`,
  options: { 'key-file': { type: 'string' } },
  async run({ positionals, values, dataFolder, print, json }) {
    const { databaseUrl } = readBootstrapConfig(process.env)
    const quiet = values['json'] === true
    const report = await restoreBackup({
      file: resolve(positionals[0] ?? ''),
      passphrase: readKey(values['key-file']),
      dataFolder,
      databaseUrl,
      onStep: (step) => (quiet ? undefined : print(STEPS[step])),
    })
    if (quiet) json(report)
    else {
      print(`Restored: ${report.tables} tables, ${report.rows} rows, as of ${new Date(report.about.takenAt / 1000).toISOString()}.`)
      if (!report.keyRestored) {
        print('Passwords and tokens of devices and gateways must be entered again, unless you copy keys/secrets.key of the old machine.')
      }
      // the URL holds a password, which is not for a screen
      const same = databaseUrl === undefined ? '' : ' and the same SYNCTIDE_DATABASE_URL'
      print(`Start it with SYNCTIDE_DATA=${dataFolder}${same}: npm start.`)
    }
    return EXIT.ok
  },
}

const STEPS = {
  checked: 'The file is whole. Restoring ...',
  loaded: 'Comparing ...',
  compared: 'What was restored is what the backup says.',
} as const

function readKey(path: unknown): string | null {
  if (typeof path !== 'string') return null
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    throw new ConfigError('--key-file', `${path} cannot be read: ${asError(error).message}`, { cause: error, remedy: 'Check the path.' })
  }
}
