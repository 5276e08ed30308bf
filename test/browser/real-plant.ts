import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { readRunFile } from '#host/run-file.ts'
import { createSetupToken } from '#store/setup-tokens.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { pagesBuilt } from './pages-built.ts'

const ROOT = join(import.meta.dirname, '../..')
/** As patient as with a whole installation: see test/support/installation.ts. */
const READY_MILLIS = 90_000

export interface RealPlant extends AsyncDisposable {
  readonly url: string
  readonly setupToken: string
  readonly database: TestDatabase
  /** Starts a process of deploy/services.json. */
  start(name: string): void
  /** Ends it as a power cut would. */
  kill(name: string): Promise<void>
  /** The last lines every process wrote. */
  log(): string
}

/**
 * The real processes on a database of their own, without a supervisor: what the browser meets in a plant.
 * @param reach where the processes find the database; the database itself when left out
 */
export async function realPlant(
  names: readonly string[],
  reach: (url: string) => Promise<string> | string = (url) => url,
): Promise<RealPlant> {
  await pagesBuilt()
  const database = await testDatabase()
  const databaseUrl = await reach(database.url)
  const folder = mkdtempSync(join(tmpdir(), 'synctide-browser-'))
  const children = new Map<string, ChildProcess>()
  let lines: string[] = []
  const start = (name: string): void => {
    const child = spawn(process.execPath, [`src/main/${name}.ts`], {
      cwd: ROOT,
      env: { ...process.env, SYNCTIDE_DATA: folder, SYNCTIDE_HTTP_PORT: '0', SYNCTIDE_DATABASE_URL: databaseUrl },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const keep = (chunk: Buffer): void => void (lines = [...lines, chunk.toString('utf8').trimEnd()].slice(-60))
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    children.set(name, child)
  }
  const end = async (name: string, signal: NodeJS.Signals): Promise<void> => {
    const child = children.get(name)
    children.delete(name)
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exited = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await exited
  }
  const setupToken = await createSetupToken(database.db, { purpose: 'first_administrator', hours: 1 })
  for (const name of names) start(name)
  const plant: Omit<RealPlant, 'url'> = {
    setupToken,
    database,
    start,
    kill: (name) => end(name, 'SIGKILL'),
    log: () => lines.join('\n'),
    async [Symbol.asyncDispose]() {
      await Promise.all([...children.keys()].map((name) => end(name, 'SIGTERM')))
      await database[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  try {
    const url = await waitForUrl(folder)
    return { ...plant, url }
  } catch (error) {
    await plant[Symbol.asyncDispose]()
    throw new Error(`the api did not start:\n${lines.join('\n')}`, { cause: error })
  }
}

async function waitForUrl(folder: string): Promise<string> {
  const deadline = performance.now() + READY_MILLIS
  for (;;) {
    try {
      const { port } = readRunFile(folder, 'api')
      if (typeof port === 'number') return `http://127.0.0.1:${port}`
    } catch (error) {
      if (performance.now() > deadline) throw error
    }
    if (performance.now() > deadline) throw new Error('run/api.json has no port')
    await delay(20)
  }
}
