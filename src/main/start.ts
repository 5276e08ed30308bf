import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { serverInWords } from '#cli/server-in-words.ts'
import { BackupRefused, ConfigError, StoreError, SyncTideError, asError } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import { systemClock } from '#host/clock.ts'
import { type BootstrapConfig, readBootstrapConfig } from '#host/config.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#host/embedded-postgres.ts'
import { requireFreePort } from '#host/free-port.ts'
import { LogFile } from '#host/log-file.ts'
import { createLogger, type Logger } from '#host/log.ts'
import { makeFolder } from '#host/make-folder.ts'
import { phoneAddress } from '#host/phone-address.ts'
import { aborted, keepCompiled } from '#host/process.ts'
import { programVersion } from '#host/program-version.ts'
import { readRunFile, runFilePath, writeRunFile } from '#host/run-file.ts'
import { claimFolder } from '#host/single-start.ts'
import { type ServicePlan, Supervisor } from '#host/supervisor.ts'
import { takeBackup } from '#keeper/backup.ts'
import { halfRestored, refuseHalfRestored } from '#keeper/restore-mark.ts'
import type { Trouble } from '#notify/core/system-watch.ts'
import { markTold, wasTold } from '#notify/emergency-copy.ts'
import { tellByProcess } from '#notify/emergency-process.ts'
import { watchSystem } from '#notify/watch-system.ts'
import { type Database, openDatabase } from '#store/database.ts'
import { isHalfRestored } from '#store/half-restored.ts'
import { migrate, readMigrations, schemaVersion } from '#store/migrate.ts'
import { claimRequest, failRequest, finishRequest } from '#store/requests.ts'
import { createSetupToken } from '#store/setup-tokens.ts'
import { hasUsers } from '#store/users.ts'

const ROOT = join(import.meta.dirname, '../..')
const STATUS_MILLIS = 2000
const API_MILLIS = 60_000
const LINK_HOURS = 24

const say = (text: string): void => void process.stdout.write(`${text}\n`)

async function main(): Promise<void> {
  const config = readBootstrapConfig(process.env)
  makeFolder(config.dataFolder)
  const release = claimFolder(config.dataFolder)
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort())
  // a terminal that was closed has nobody left to tell; the processes still have to be stopped in order
  process.stdout.on('error', () => undefined)
  const file = new LogFile(join(config.dataFolder, 'logs', 'supervisor.log'))
  const log = createLogger('supervisor', (line) => file.write(line))
  try {
    refuseHalfRestored(config.dataFolder)
    await requireFreePort(config.httpPort)
    await run(config, log, stop.signal)
  } catch (error) {
    // a database that does not come up again: the phones of the plant are silent, and nothing else would say why
    const away = error instanceof StoreError && !stop.signal.aborted && !wasTold(config.dataFolder)
    if (away && (await tellPeople('database', systemClock.now()))) markTold(config.dataFolder, true)
    throw error
  } finally {
    release()
  }
}

async function run(config: BootstrapConfig, log: Logger, signal: AbortSignal): Promise<void> {
  await using stack = new AsyncDisposableStack()
  stack.defer(() => (signal.aborted ? say('Stopped.') : undefined))
  const { dataFolder } = config
  say(`SyncTide: data in ${dataFolder}`)
  const own = config.databaseUrl === undefined ? await startDatabase(dataFolder, log, stack) : undefined
  const url = config.databaseUrl ?? own?.url ?? ''
  const db = openDatabase(url, { name: 'supervisor', max: 2 })
  stack.defer(async () => await db.close())
  // a database that cannot be reached is told of by the migration
  if (await isHalfRestored(db).catch(() => false)) throw halfRestored('the database of SYNCTIDE_DATABASE_URL')
  await backUpBeforeUpgrade(db, config, log)
  const { applied, version, serverVersion, layout, timescale, timescaleRefused } = await migrate(db).catch((error: unknown) => {
    throw config.databaseUrl === undefined || error instanceof SyncTideError ? error : unusable(asError(error))
  })
  if (config.databaseUrl !== undefined) say(`  ${serverInWords({ version: serverVersion.replace(/ .*/, ''), layout, timescale })} (yours)`)
  if (timescaleRefused !== null)
    say(`  The server offers TimescaleDB and refuses it: ${timescaleRefused}. Nothing is lacking: see docs/admin/timescaledb.md.`)
  if (applied.length > 0) say(`  schema brought up to version ${version}`)
  if (signal.aborted) return
  writeRunFile(dataFolder, 'database', { url, folder: own?.folder ?? null })
  rmSync(runFilePath(dataFolder, 'api'), { force: true })

  const services = readServices().filter((service) => service.name !== 'demo' || config.demo)
  const shown: { url: string | null; supervisor: Supervisor | null } = { url: null, supervisor: null }
  const writeStatus = (): void => {
    writeRunFile(dataFolder, 'status', { at: Date.now(), pid: process.pid, url: shown.url, processes: shown.supervisor?.status() ?? [] })
  }
  const running = new Supervisor({ services, root: ROOT, dataFolder, environment: process.env, log, onChange: writeStatus })
  shown.supervisor = running
  stack.defer(async () => {
    say('Stopping ...')
    await running.stop()
    writeStatus()
  })
  const timer = setInterval(writeStatus, STATUS_MILLIS)
  stack.defer(() => clearInterval(timer))
  stack.use(answerRestarts(db, running, log))
  stack.use(watchSystem({ db, log, clock: systemClock, dataFolder, tell: tellPeople }))
  log.info('supervisor.started', { services: services.map((service) => service.name) })

  const api = await waitForApi(dataFolder, running, signal)
  if (api === undefined) return
  const address = api.port === 80 ? 'http://localhost' : `http://localhost:${api.port}`
  // before anybody is told that the page is up: a link made meanwhile on the command line stays the newest
  const token = (await hasUsers(db)) ? undefined : await createSetupToken(db, { purpose: 'first_administrator', hours: LINK_HOURS })
  shown.url = address
  writeStatus()
  say(`  ${services.map((service) => service.name).join(', ')}`)
  if (api.instead !== null) say(`  ${api.instead} The web page is on port ${api.port}.`)
  const elsewhere = phoneAddress(api.port)
  say(`\nOpen  ${address}${elsewhere === undefined ? '' : `  (from a phone: ${elsewhere})`}`)
  if (token !== undefined) {
    say(`First run: make the administrator with this link, valid once, for ${LINK_HOURS} hours:\n      ${address}/setup?token=${token}`)
  }
  say('Ctrl-C stops everything.')
  keepCompiled()
  await aborted(signal)
}

async function tellPeople(what: Trouble | 'over', since: Micros): Promise<boolean> {
  return await tellByProcess(join(ROOT, 'src/main/emergency.ts'), process.env, what, since)
}

/** A schema that is about to change is safe first: without a good backup nothing is touched. */
async function backUpBeforeUpgrade(db: Database, config: BootstrapConfig, log: Logger): Promise<void> {
  // a database that cannot be reached is told of by the migration
  const version = await schemaVersion(db).catch(() => 0)
  if (version === 0 || version >= readMigrations().length) return
  say('  this is a newer version: taking a backup first ...')
  const place = { dataFolder: config.dataFolder, folder: config.backupFolder, hook: config.backupHook }
  try {
    const report = await takeBackup({ db, clock: systemClock, program: programVersion(), log, ...place }, 'upgrade')
    say(`  backup ${report.file}: restored and compared, ${report.rows} rows, ${report.seconds} s`)
  } catch (thrown) {
    const cause = asError(thrown)
    throw new BackupRefused(`The database is not upgraded without a good backup: ${cause.message}`, {
      cause,
      remedy: (cause instanceof SyncTideError ? cause.remedy : undefined) ?? 'Nothing was changed: the version before still runs on it.',
    })
  }
}

/** No such host, database, user or password: the site's own server said so. */
function unusable(cause: Error): ConfigError {
  return new ConfigError('SYNCTIDE_DATABASE_URL', `The database of SYNCTIDE_DATABASE_URL cannot be used: ${cause.message}.`, {
    cause,
    remedy: 'Check host, database, user and password: postgres://user:password@host:5432/database. The user must own the database.',
  })
}

async function startDatabase(dataFolder: string, log: Logger, stack: AsyncDisposableStack): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ folder: dataFolder, log })
  stack.defer(async () => await postgres.stop())
  const account = postgres.account === undefined ? '' : `, as account ${postgres.account}`
  say(`  PostgreSQL ${postgres.version} (embedded${account})`)
  if (postgres.moved !== undefined) say(`  ${postgres.moved}`)
  return postgres
}

function readServices(): readonly ServicePlan[] {
  // our own file
  return (JSON.parse(readFileSync(join(ROOT, 'deploy/services.json'), 'utf8')) as { services: ServicePlan[] }).services
}

/** @returns undefined when asked to stop meanwhile. @throws Error with what the api said when it does not come up */
async function waitForApi(
  dataFolder: string,
  supervisor: Supervisor,
  signal: AbortSignal,
): Promise<{ port: number; instead: string | null } | undefined> {
  const deadline = performance.now() + API_MILLIS
  while (!signal.aborted) {
    try {
      const { port, instead, pid } = readRunFile(dataFolder, 'api')
      if (typeof port === 'number' && supervisor.status().some((one) => one.pid === pid)) {
        return { port, instead: typeof instead === 'string' ? instead : null }
      }
    } catch {
      // not written yet
    }
    if (performance.now() > deadline) {
      throw new Error(`The web page does not come up. See ${join(dataFolder, 'logs', 'api.log')}: it says why.`)
    }
    await delay(100, undefined, { signal }).catch(() => undefined)
  }
  return undefined
}

/** Restarts one process when the page or the command line asks. */
function answerRestarts(db: Database, supervisor: Supervisor, log: Logger): AsyncDisposable {
  const answer = async (): Promise<void> => {
    for (;;) {
      const request = await claimRequest(db, 'supervisor', `supervisor ${process.pid}`)
      if (request === undefined) return
      const name = String(request.body['process'])
      log.info('supervisor.restart_asked', { service: name })
      try {
        await supervisor.restart(name)
        await finishRequest(db, request.id, {})
      } catch (error) {
        await failRequest(db, request.id, asError(error).message)
      }
    }
  }
  return db.listen('requests', (target) => {
    if (target === '' || target === 'supervisor')
      answer().catch((error: unknown) => log.debug('supervisor.requests_not_read', { error: asError(error) }))
  })
}

try {
  await main()
} catch (thrown) {
  const error = asError(thrown)
  process.stderr.write(`\n${error.message}\n`)
  if (error instanceof SyncTideError && error.remedy !== undefined) process.stderr.write(`${error.remedy}\n`)
  process.exitCode = 1
}
