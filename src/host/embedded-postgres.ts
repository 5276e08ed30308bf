import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigError, StoreError, asError } from '#base/errors.ts'
import { type Account, canReach, unprivilegedAccount } from './postgres-account.ts'
import { type Binaries, copyBinaries, findBinaries } from './postgres-binaries.ts'
import { postmasterOf, stopPostmaster } from './postmaster.ts'

/** Where binaries and cluster go when the unprivileged account cannot reach the data folder. */
const SYSTEM_FOLDER = '/var/lib/synctide'
const USER = 'synctide'
const DATABASE = 'synctide'
const START_MILLIS = 60_000

export interface EmbeddedPostgresOptions {
  /** The data folder; the cluster lives in `postgres/` under it. The caller holds it for itself: nobody else may start there. */
  readonly folder: string
  readonly log?: PostgresLog
  /** Another build of PostgreSQL, for tests: a folder with bin/ and lib/. */
  readonly binaries?: string
  /** Skips every sync to disk: for tests only. */
  readonly volatile?: boolean
  /** Nothing in it is kept: skips every sync and what is for recovery alone. */
  readonly scratch?: boolean
}

export interface PostgresLog {
  info(event: string, fields?: Readonly<Record<string, unknown>>): void
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void
}

export interface EmbeddedPostgres {
  /** Stays the same over restarts. Contains the password. */
  readonly url: string
  /** 17.10 */
  readonly version: string
  /** Where the cluster really is. */
  readonly folder: string
  /** Set when the cluster could not stay in the data folder: one sentence for the operator. */
  readonly moved: string | undefined
  /** The account that PostgreSQL runs as, when it is not ours. */
  readonly account: string | undefined
  /** The postmaster now; changes when it is restarted. */
  pid(): number | undefined
  /** Ends the server: fast shutdown within 5 s, else an immediate one that recovers at the next start. */
  stop(): Promise<void>
}

/**
 * Starts the PostgreSQL that comes with the program, making its cluster on first use, and restarts it when it dies. A server left over
 * from a killed run is stopped first. As root it runs under an unprivileged account.
 * @throws ConfigError when this machine cannot run it; StoreError('unavailable') when it does not come up
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const place = choosePlace(options)
  const files = layoutOf(place.folder)
  await stopPostmaster(files.cluster)
  const version = versionOf(place.binaries, place.account)
  checkClusterVersion(files.cluster, version)
  if (!existsSync(join(files.cluster, 'PG_VERSION'))) await createCluster(files, place, options)
  const password = readFileSync(files.password, 'utf8').trim()
  const port = Buffer.byteLength(files.socket) > 90 || process.platform === 'win32' ? await rememberedPort(files.port) : undefined
  configure(files, place.account, port, options.scratch === true ? SCRATCH : options.volatile === true ? VOLATILE : {})

  const server = new Postmaster(files, place, options)
  await server.start()
  const moved = place.moved
    ? `PostgreSQL runs as ${place.account?.name ?? '?'} and cannot reach ${options.folder}: its files are in ${place.folder}.`
    : undefined
  const host = port === undefined ? `localhost/${DATABASE}?host=${encodeURIComponent(files.socket)}` : `127.0.0.1:${port}/${DATABASE}`
  return {
    url: `postgres://${USER}:${password}@${host}`,
    version,
    folder: files.cluster,
    moved,
    account: place.account?.name,
    pid: () => server.pid,
    stop: () => server.stop(),
  }
}

interface Place {
  readonly folder: string
  readonly binaries: Binaries
  readonly account: Account | undefined
  readonly moved: boolean
}

interface Layout {
  readonly folder: string
  readonly cluster: string
  readonly socket: string
  readonly password: string
  readonly port: string
  readonly log: string
}

function layoutOf(folder: string): Layout {
  return {
    folder,
    cluster: join(folder, 'cluster'),
    socket: join(folder, 'run'),
    password: join(folder, 'password'),
    port: join(folder, 'port'),
    log: join(folder, 'postgres.log'),
  }
}

/** Decides as whom, from which binaries and where the cluster runs, and prepares those folders. */
function choosePlace(options: EmbeddedPostgresOptions): Place {
  mkdirSync(options.folder, { recursive: true })
  const data = realpathSync(options.folder)
  const local = join(data, 'postgres')
  const binaries = findBinaries(options.binaries)
  if (process.getuid?.() !== 0) {
    mkdirSync(local, { recursive: true, mode: 0o700 })
    return { folder: local, binaries: binaries.complete ? binaries : copyBinaries(binaries, local), account: undefined, moved: false }
  }
  const account = unprivilegedAccount(existsSync(join(local, 'cluster')) ? statSync(join(local, 'cluster')).uid : undefined)
  const elsewhere = join(SYSTEM_FOLDER, createHash('sha256').update(local).digest('hex').slice(0, 12))
  const stays = canReach(account, data) && !(existsSync(elsewhere) && !existsSync(local))
  const folder = stays ? local : elsewhere
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  chownSync(folder, account.uid, account.gid)
  chmodSync(folder, 0o700)
  const usable = binaries.complete && canReach(account, binaries.folder)
  if (usable) return { folder, binaries, account, moved: !stays }
  // the copy belongs to root: the account that runs a program need not be able to change it
  const room = stays && canReach(account, data) ? data : SYSTEM_FOLDER
  mkdirSync(room, { recursive: true, mode: 0o755 })
  return { folder, binaries: copyBinaries(binaries, room), account, moved: !stays }
}

function versionOf(binaries: Binaries, account: Account | undefined): string {
  const answer = spawnSync(binaries.postgres, ['--version'], { ...identity(account), encoding: 'utf8' })
  const version = /(\d+\.\d+)/.exec(answer.stdout ?? '')?.[1]
  if (version !== undefined) return version
  throw new ConfigError(
    'SYNCTIDE_DATABASE_URL',
    `The PostgreSQL that comes with the program does not run here: ${answer.error?.message ?? answer.stderr}`,
    {
      remedy: 'Install PostgreSQL 15 to 18 and set SYNCTIDE_DATABASE_URL.',
    },
  )
}

function checkClusterVersion(cluster: string, version: string): void {
  const file = join(cluster, 'PG_VERSION')
  if (!existsSync(file)) return
  const made = readFileSync(file, 'utf8').trim()
  const ours = version.split('.')[0]
  if (made === ours) return
  throw new ConfigError('SYNCTIDE_DATA', `The cluster in ${cluster} was made by PostgreSQL ${made}; this program brings ${version}`, {
    remedy: 'Start the program version that made it and export, or choose another data folder.',
  })
}

function identity(account: Account | undefined): { uid?: number; gid?: number; cwd: string; env: NodeJS.ProcessEnv } {
  // the caller's folder may be closed to the account, and its locale or PG* variables must not leak into the server
  const env: NodeJS.ProcessEnv = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' }
  if (process.platform === 'win32') return { cwd: process.cwd(), env: { ...process.env, TZ: 'UTC' } }
  return account === undefined ? { cwd: '/', env } : { uid: account.uid, gid: account.gid, cwd: '/', env }
}

/** initdb into a draft that is renamed when complete, so that a start killed half-way begins anew. */
async function createCluster(files: Layout, place: Place, options: EmbeddedPostgresOptions): Promise<void> {
  const draft = `${files.cluster}.draft`
  rmSync(draft, { recursive: true, force: true })
  const password = randomBytes(24).toString('base64url')
  writeFileSync(files.password, password, { mode: 0o600 })
  if (place.account !== undefined) chownSync(files.password, place.account.uid, place.account.gid)
  // C.UTF-8 of PostgreSQL's own: the same order on every machine, and upper and lower case beyond ASCII
  const modern = Number(versionOf(place.binaries, place.account).split('.')[0]) >= 17
  const locale = modern ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'] : ['--locale=C']
  await run(place, place.binaries.initdb, [
    `--pgdata=${draft}`,
    `--username=${USER}`,
    `--pwfile=${files.password}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--data-checksums',
    ...locale,
    ...(options.volatile === true || options.scratch === true ? ['--no-sync'] : []),
  ])
  // client tools are not part of the package, so the database is made in single-user mode
  await run(place, place.binaries.postgres, ['--single', '-F', '-D', draft, 'postgres'], `create database ${DATABASE}\n`)
  renameSync(draft, files.cluster)
}

async function run(place: Place, program: string, args: readonly string[], input = ''): Promise<void> {
  const child = spawn(program, args, { ...identity(place.account), stdio: ['pipe', 'ignore', 'pipe'], windowsHide: true })
  // one that ends at once reads nothing
  child.stdin.on('error', () => undefined).end(input)
  const [words, ended] = await Promise.all([text(child.stderr), once(child, 'close').catch((error: unknown) => [asError(error).message])])
  if (ended[0] === 0) return
  const said = `${typeof ended[0] === 'string' ? ended[0] : ''}${words}`.trim().split('\n').slice(-5).join(' ')
  throw new StoreError('unavailable', `PostgreSQL could not be set up: ${said}`, {
    remedy: 'Check free space and rights of the data folder, or set SYNCTIDE_DATABASE_URL to a server of your own.',
  })
}

const VOLATILE = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
/** Filled in one transaction: what it copies needs no log of changes. */
const SCRATCH = { ...VOLATILE, wal_level: 'minimal', max_wal_senders: '0', autovacuum: 'off' }

/** Loopback ports are picked once and kept, so that the URL survives restarts. */
async function rememberedPort(file: string): Promise<number> {
  const before = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
  const port = before > 0 && (await freePort(before)) === before ? before : await freePort(0)
  writeFileSync(file, String(port))
  return port
}

/** @returns the port itself when it is free (any free one for 0), undefined when it is taken */
async function freePort(wanted: number): Promise<number> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', (error) => (wanted === 0 ? reject(error) : resolve(0)))
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

/** Written anew at each start; administrators put their own lines into local.conf beside it. */
function configure(files: Layout, account: Account | undefined, port: number | undefined, own: Readonly<Record<string, string>>): void {
  const settings: Record<string, string> = {
    listen_addresses: port === undefined ? '' : '127.0.0.1',
    port: String(port ?? 5432),
    unix_socket_directories: port === undefined ? files.socket : '',
    unix_socket_permissions: '0700',
    password_encryption: 'scram-sha-256',
    max_connections: '100',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // one or two cores and a few hundred MB are the usual plant computer
    shared_buffers: '128MB',
    work_mem: '8MB',
    maintenance_work_mem: '64MB',
    effective_cache_size: '512MB',
    // steady appends: fewer, longer checkpoints
    min_wal_size: '256MB',
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    wal_compression: 'pglz',
    wal_buffers: '16MB',
    dynamic_shared_memory_type: process.platform === 'win32' ? 'windows' : 'posix',
    jit: 'off',
    log_min_messages: 'warning',
    log_line_prefix: '%m [%p] %a ',
    log_checkpoints: 'off',
    // a client that vanished with its machine must not hold a lock for hours
    tcp_keepalives_idle: '30',
    tcp_keepalives_interval: '10',
    tcp_keepalives_count: '3',
    autovacuum_naptime: '30s',
    ...own,
  }
  const lines = Object.entries(settings).map(([key, value]) => `${key} = '${value}'\n`)
  const file = join(files.cluster, 'postgresql.conf')
  writeFileSync(
    file,
    `# Written by SyncTide at every start. Put your own settings into local.conf beside this file.\n${lines.join('')}include_if_exists 'local.conf'\n`,
  )
  mkdirSync(files.socket, { recursive: true, mode: 0o700 })
  if (account === undefined) return
  chownSync(file, account.uid, account.gid)
  chownSync(files.socket, account.uid, account.gid)
}

/** The running server: starts it, watches it, and starts it again when it dies by itself. */
class Postmaster {
  readonly #files: Layout
  readonly #place: Place
  readonly #log: PostgresLog | undefined
  #child: ChildProcess | undefined
  #stopping = false
  #restart: Promise<void> | undefined

  constructor(files: Layout, place: Place, { log }: EmbeddedPostgresOptions) {
    this.#files = files
    this.#place = place
    this.#log = log
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  async start(): Promise<void> {
    const deadline = performance.now() + START_MILLIS
    for (;;) {
      const problem = await this.#launch(deadline)
      if (problem === undefined) break
      // backends of a killed server take a moment to notice, and hold its shared memory until then
      const passes = /shared memory|lock file|Address already in use/i.test(problem)
      if (!passes || this.#stopping || performance.now() > deadline) {
        throw new StoreError('unavailable', `PostgreSQL does not start: ${problem}`, { remedy: `See ${this.#files.log}` })
      }
      await sleep(250)
      await stopPostmaster(this.#files.cluster)
    }
    this.#child?.once('exit', (code, signal) => this.#died(code, signal))
    if (this.#child?.exitCode !== null || this.#child.signalCode !== null)
      this.#died(this.#child?.exitCode ?? null, this.#child?.signalCode ?? null)
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await this.#restart
    await stopPostmaster(this.#files.cluster, process.platform === 'win32' ? this.#place.binaries.pgCtl : undefined)
  }

  #died(code: number | null, signal: NodeJS.Signals | null): void {
    this.#child = undefined
    if (this.#stopping || this.#restart !== undefined) return
    this.#log?.warn('postgres.died', { code, signal })
    this.#restart = this.#revive().finally(() => (this.#restart = undefined))
  }

  async #revive(): Promise<void> {
    for (let pause = 250; !this.#stopping; pause = Math.min(pause * 2, 10_000)) {
      try {
        await stopPostmaster(this.#files.cluster)
        await this.start()
        this.#log?.info('postgres.restarted', { pid: this.pid })
        return
      } catch (error) {
        this.#log?.warn('postgres.restart_failed', { problem: asError(error).message })
        await sleep(pause)
      }
    }
  }

  /** @returns what the server said when it did not come up */
  async #launch(deadline: number): Promise<string | undefined> {
    const { files, place } = { files: this.#files, place: this.#place }
    if (existsSync(files.log) && statSync(files.log).size > 10_000_000) renameSync(files.log, `${files.log}.1`)
    const log = openSync(files.log, 'a', 0o600)
    const before = statSync(files.log).size
    try {
      this.#child = spawn(place.binaries.postgres, ['-D', files.cluster], {
        ...identity(place.account),
        stdio: ['ignore', log, log],
        // Ctrl-C in the terminal reaches us, and we stop the server last
        detached: true,
        windowsHide: true,
      })
    } finally {
      closeSync(log)
    }
    const child = this.#child
    let failed: string | undefined
    child.once('error', (error) => (failed = error.message))
    for (;;) {
      const running = postmasterOf(files.cluster)
      if (running?.ready === true && running.pid === child.pid) return undefined
      const ended = failed !== undefined || child.exitCode !== null || child.signalCode !== null
      if (ended || performance.now() > deadline) {
        if (!ended) child.kill('SIGQUIT')
        const said = readFileSync(files.log).subarray(before).toString('utf8').trim().split('\n').slice(-4).join(' ')
        return failed ?? (said === '' ? `exit code ${child.exitCode ?? child.signalCode ?? 'none yet'}` : said)
      }
      await sleep(25)
    }
  }
}
