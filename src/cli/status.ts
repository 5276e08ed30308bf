import { readRunFile } from '#host/run-file.ts'
import { openDatabase } from '#store/database.ts'
import { lastGoodBackup, type Backup } from '#store/backups.ts'
import { listProcesses } from '#store/processes.ts'
import { type ServerFacts, serverFacts } from '#store/storage-sizes.ts'
import { type Command, EXIT } from './command.ts'
import { runningUrl } from './running-url.ts'
import { serverInWords } from './server-in-words.ts'

interface ProcessStatus {
  readonly name: string
  readonly state: string
  readonly pid: number | null
  readonly restarts: number
}

export const status: Command = {
  name: 'status',
  takes: '',
  summary: 'Shows what runs: every process, the database, the address of the web page.',
  help: '',
  options: {},
  async run({ dataFolder, databaseUrl, print, json, values }) {
    const { running: alive, url } = runningUrl(dataFolder)
    const processes = parseProcesses(readRunFile(dataFolder, 'status')['processes'])
    const database = await askDatabase(databaseUrl())
    const beats = new Map(database.beats.map((beat) => [beat.name, beat.ageSeconds]))
    if (values['json'] === true) {
      json({
        running: alive,
        url,
        database: database.state,
        server: database.server,
        backup:
          database.backup === undefined
            ? null
            : { file: database.backup.file, endedAt: database.backup.endedAt, detail: database.backup.detail },
        processes: processes.map((one) => ({ ...one, beatAgeSeconds: beats.get(one.name) ?? null })),
      })
    } else {
      print(alive ? `SyncTide runs${url === null ? '' : ` at ${url}`}` : 'SyncTide is not running.')
      print(`database ${database.state}${database.server === null ? '' : `, ${serverInWords(database.server)}`}`)
      if (database.state === 'up') print(backupInWords(database.backup))
      for (const one of processes) {
        const age = beats.get(one.name)
        const beat = age === undefined ? '' : `, last sign of life ${Math.round(age)} s ago`
        const restarts = one.restarts === 0 ? '' : `, restarted ${one.restarts} times`
        print(`  ${one.name.padEnd(16)} ${alive ? one.state : 'stopped'}${one.pid === null ? '' : ` (pid ${one.pid})`}${restarts}${beat}`)
      }
    }
    if (!alive) return EXIT.notRunning
    return database.state === 'up' && processes.every((one) => one.state === 'running') ? EXIT.ok : EXIT.failed
  },
}

function backupInWords(backup: Backup | undefined): string {
  if (backup === undefined || backup.endedAt === null) return 'backup none yet'
  const hours = (Date.now() - backup.endedAt / 1000) / 3_600_000
  const age = hours < 48 ? `${Math.floor(hours)} h ago` : `${Math.floor(hours / 24)} d ago`
  return `backup ${age}, restored and compared: ${backup.file ?? 'cleared away'}`
}

function parseProcesses(raw: unknown): ProcessStatus[] {
  if (!Array.isArray(raw)) return []
  return raw.map((item: unknown) => {
    const { name, state, pid, restarts } = item as Record<string, unknown>
    return {
      name: String(name),
      state: String(state),
      pid: typeof pid === 'number' ? pid : null,
      restarts: typeof restarts === 'number' ? restarts : 0,
    }
  })
}

interface DatabaseAnswer {
  readonly state: 'up' | 'down'
  readonly server: ServerFacts | null
  readonly beats: readonly { name: string; ageSeconds: number }[]
  readonly backup: Backup | undefined
}

async function askDatabase(url: string): Promise<DatabaseAnswer> {
  const db = openDatabase(url, { name: 'cli', max: 1 })
  try {
    return { state: 'up', server: await serverFacts(db), beats: await listProcesses(db), backup: await lastGoodBackup(db) }
  } catch {
    // that it does not answer is the answer
    return { state: 'down', server: null, beats: [], backup: undefined }
  } finally {
    await db.close()
  }
}
