import { isAbsolute, join, parse, resolve } from 'node:path'
import { ConfigError } from '#base/errors.ts'

/** What must be known before the database is there; everything else is kept in it. Documented in docs/config.md. */
export interface BootstrapConfig {
  /** Absolute path. */
  readonly dataFolder: string
  /** The wish; `undefined` means 80, else 8080. 0 picks a free one. */
  readonly httpPort: number | undefined
  /** An external PostgreSQL; `undefined` means the embedded one. */
  readonly databaseUrl: string | undefined
  readonly demo: boolean
  /** Absolute paths beside raw_data of which files may be watched. */
  readonly csvFolders: readonly string[]
  /** Absolute path. */
  readonly backupFolder: string
  /** Absolute path of a program that is started with the path of each good backup. */
  readonly backupHook: string | null
  /** Absolute path of the program that serves as bundled MQTT broker; null: the one inside. */
  readonly mosquitto: string | null
}

/** Every key that is read from the environment, with what it means when unset. */
export const BOOTSTRAP_KEYS = {
  SYNCTIDE_DATA: './data',
  SYNCTIDE_HTTP_PORT: '80, else 8080',
  SYNCTIDE_DATABASE_URL: 'the embedded PostgreSQL',
  SYNCTIDE_DEMO: '1',
  SYNCTIDE_CSV_FOLDERS: 'raw_data in the data folder only',
  SYNCTIDE_BACKUP_FOLDER: 'backups in the data folder',
  SYNCTIDE_BACKUP_HOOK: 'nothing is started',
  SYNCTIDE_MOSQUITTO: 'the broker inside',
} as const

/** @throws ConfigError naming the key */
export function readBootstrapConfig(environment: Readonly<Record<string, string | undefined>>): BootstrapConfig {
  for (const key of Object.keys(environment)) {
    if (key.startsWith('SYNCTIDE_') && !key.startsWith('SYNCTIDE_TEST_') && !(key in BOOTSTRAP_KEYS)) {
      throw new ConfigError(key, `${key} is set, but there is no such setting.`, {
        remedy: `Remove it. The settings are ${Object.keys(BOOTSTRAP_KEYS).join(', ')}.`,
      })
    }
  }
  const dataFolder = resolve(given(environment['SYNCTIDE_DATA']) ?? 'data')
  const hook = given(environment['SYNCTIDE_BACKUP_HOOK'])
  const mosquitto = given(environment['SYNCTIDE_MOSQUITTO'])
  return {
    dataFolder,
    httpPort: parsePort(given(environment['SYNCTIDE_HTTP_PORT'])),
    databaseUrl: parseDatabaseUrl(given(environment['SYNCTIDE_DATABASE_URL'])),
    demo: parseSwitch('SYNCTIDE_DEMO', given(environment['SYNCTIDE_DEMO']), true),
    csvFolders: parseFolders(given(environment['SYNCTIDE_CSV_FOLDERS'])),
    backupFolder: resolve(given(environment['SYNCTIDE_BACKUP_FOLDER']) ?? join(dataFolder, 'backups')),
    backupHook: hook === undefined ? null : resolve(hook),
    mosquitto: mosquitto === undefined ? null : resolve(mosquitto),
  }
}

function given(text: string | undefined): string | undefined {
  const trimmed = text?.trim()
  return trimmed === '' ? undefined : trimmed
}

function parsePort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65_535)) {
    throw new ConfigError('SYNCTIDE_HTTP_PORT', `SYNCTIDE_HTTP_PORT is ${text}, which is no port.`, {
      remedy: 'Give a number from 1 to 65535, or 0 for any free port.',
    })
  }
  return port
}

function parseDatabaseUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text)) {
    throw new ConfigError('SYNCTIDE_DATABASE_URL', 'SYNCTIDE_DATABASE_URL is not the address of a PostgreSQL database.', {
      remedy: 'Write it as postgres://user:password@host:5432/database.',
    })
  }
  return text
}

function parseFolders(text: string | undefined): readonly string[] {
  const folders = (text ?? '')
    .split(';')
    .map((folder) => folder.trim())
    .filter((folder) => folder !== '')
  for (const folder of folders) {
    if (isAbsolute(folder) && parse(folder).root !== resolve(folder)) continue
    throw new ConfigError('SYNCTIDE_CSV_FOLDERS', `SYNCTIDE_CSV_FOLDERS holds ${folder}, which is no folder to open up.`, {
      remedy: 'Give absolute paths below the root of a disk, separated by semicolons.',
    })
  }
  return folders.map((folder) => resolve(folder))
}

function parseSwitch(key: string, text: string | undefined, fallback: boolean): boolean {
  if (text === undefined) return fallback
  if (text === '1' || text === 'true') return true
  if (text === '0' || text === 'false') return false
  throw new ConfigError(key, `${key} is ${text}.`, { remedy: 'Write 1 for yes or 0 for no.' })
}
