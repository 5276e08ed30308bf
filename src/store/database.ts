import pg from 'pg'
import { StoreError, asError } from '#base/errors.ts'
import type { Millis } from '#base/time.ts'
import { lend } from './lend.ts'
import { endWhenSilent } from './silent-server.ts'
import { microsFromSql } from './time.ts'

/** Something that runs SQL: the pool, or one transaction. Rows carry timestamptz as Micros and int8 as number. */
export interface Queryable {
  /** @throws StoreError('unavailable') when the database is away; a pg DatabaseError when the SQL is refused */
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>
}

export interface Transaction extends Queryable {
  /** The raw connection, for COPY. */
  readonly client: pg.PoolClient
}

export interface Database extends Queryable {
  /** Commits when `work` resolves, rolls back when it throws. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /**
   * The same database for a question whose asker may go away: when the signal aborts, whatever is asked through it ends at once, in the
   * server too, with the signal's reason. Not for changes: nobody would learn what became of them.
   */
  until(signal: AbortSignal): Database
  /**
   * Calls back for each NOTIFY on the channel, and with an empty payload after every (re)connect, because notifications may
   * have been missed: treat a call as "look now". Keeps reconnecting until disposed.
   */
  listen(channel: string, onNotify: (payload: string) => void): AsyncDisposable
  /** A connection of one's own, e.g. to hold an advisory lock; end it yourself. */
  connect(): Promise<pg.Client>
  close(): Promise<void>
}

const TIMESTAMPTZ: number = pg.types.builtins.TIMESTAMPTZ
const INT8: number = pg.types.builtins.INT8

const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (format !== 'binary') {
      if (oid === TIMESTAMPTZ) return microsFromSql
      if (oid === INT8) return Number
    }
    return pg.types.getTypeParser(oid, format)
  },
}

/** SQLSTATE classes and socket codes that mean "not now", as opposed to "not like this". */
const AWAY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  '57P01',
  '57P02',
  '57P03',
  '53300',
])

/** SQLSTATE of a disk that took no more, and of a statement that took longer than it may. */
const FULL = '53100'
const TOO_LONG = '57014'

function translate(thrown: unknown): Error {
  const error = asError(thrown)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (code === FULL) {
    return new StoreError('full', `The disk of the database is full: ${error.message}`, {
      cause: error,
      remedy: 'Free some room on that disk, or let the retention keep less; everything resumes by itself.',
    })
  }
  if (code === TOO_LONG) {
    return new StoreError('unavailable', `The database did not answer in time: ${error.message}`, {
      cause: error,
      remedy: 'Ask again for a shorter period, or when the machine has less to do.',
    })
  }
  const away =
    AWAY.has(code) ||
    code.startsWith('08') ||
    /Connection terminated|timeout exceeded when trying to connect|not queryable/i.test(error.message)
  if (!away) return error
  return new StoreError('unavailable', `The database does not answer: ${error.message}`, {
    cause: error,
    remedy: 'Check that PostgreSQL runs and that SYNCTIDE_DATABASE_URL points at it; everything resumes by itself.',
  })
}

/**
 * @param url postgres://user:password@host:port/database, or with ?host=/folder/of/socket
 * @param options `patience`: see {@link endWhenSilent}; `statementMillis`: each statement may take so long, else as long as it likes
 */
export function openDatabase(
  url: string,
  options: { name: string; max?: number; patience?: Millis; connectMillis?: Millis; statementMillis?: Millis },
): Database {
  const config: pg.ClientConfig = {
    connectionString: url,
    application_name: `synctide ${options.name}`,
    types,
    options: '-c timezone=UTC',
    statement_timeout: options.statementMillis ?? false,
    connectionTimeoutMillis: options.connectMillis ?? 10_000,
    keepAlive: true,
    // else the system's two hours, for whoever only listens
    keepAliveInitialDelayMillis: 10_000,
  }
  const pool = new pg.Pool({ ...config, max: options.max ?? 6, idleTimeoutMillis: 60_000 })
  // an idle connection that breaks is replaced at the next query, which reports it
  pool.on('error', () => undefined)
  // between the pool and whoever borrows it nobody else listens: the server's farewell may come with its greeting
  pool.on('connect', (client) => client.on('error', () => undefined))
  const listener = new Listener(config)
  const silence = endWhenSilent(pool, async () => await answers(config), options.patience)

  const until = (signal: AbortSignal | undefined): Database => ({
    async query<Row>(text: string, values?: readonly unknown[]) {
      try {
        return await lend(pool, config, signal, async (client) => await rowsOf<Row>(client, text, values))
      } catch (error) {
        throw translate(error)
      }
    },
    async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
      try {
        return await lend(pool, config, signal, async (client, spoil) => {
          const query = async <Row>(text: string, values?: readonly unknown[]): Promise<Row[]> => {
            signal?.throwIfAborted()
            return await rowsOf<Row>(client, text, values)
          }
          try {
            await client.query('begin')
            const result = await work({ client, query })
            await client.query('commit')
            return result
          } catch (error) {
            await client.query('rollback').catch((failure: unknown) => spoil(asError(failure)))
            throw error
          }
        })
      } catch (error) {
        throw translate(error)
      }
    },
    until,
    listen: (channel, onNotify) => listener.add(channel, onNotify),
    async connect() {
      const client = new pg.Client(config)
      client.on('error', () => undefined)
      try {
        await client.connect()
      } catch (error) {
        throw translate(error)
      }
      return client
    },
    async close() {
      silence[Symbol.dispose]()
      await listener.close()
      await pool.end()
    },
  })
  return until(undefined)
}

async function rowsOf<Row>(client: pg.ClientBase, text: string, values: readonly unknown[] | undefined): Promise<Row[]> {
  return (await client.query(text, values === undefined ? undefined : [...values])).rows as Row[]
}

/** Whether the server says anything, be it that it has no room or is starting. */
async function answers(config: pg.ClientConfig): Promise<boolean> {
  const client = new pg.Client(config)
  client.on('error', () => undefined)
  try {
    await client.connect()
    return true
  } catch (error) {
    return error instanceof pg.DatabaseError
  } finally {
    client.end().catch(() => undefined)
  }
}

/** One connection for all LISTENs of a process, reconnecting every half second while the database is away. */
class Listener {
  readonly #config: pg.ClientConfig
  readonly #handlers = new Map<string, Set<(payload: string) => void>>()
  #client: pg.Client | undefined
  #connecting: Promise<void> | undefined
  #retry: NodeJS.Timeout | undefined
  #closed = false
  /** Ends when the last statement of the connection has: one at a time. */
  #said: Promise<unknown> = Promise.resolve()

  constructor(config: pg.ClientConfig) {
    this.#config = config
  }

  add(channel: string, onNotify: (payload: string) => void): AsyncDisposable {
    const handlers = this.#handlers.get(channel) ?? new Set()
    this.#handlers.set(channel, handlers)
    handlers.add(onNotify)
    if (this.#client === undefined) this.#connect()
    else if (handlers.size === 1) void this.#listen(this.#client, channel)
    else onNotify('')
    return {
      [Symbol.asyncDispose]: async () => {
        handlers.delete(onNotify)
        if (handlers.size > 0) return
        this.#handlers.delete(channel)
        if (this.#client !== undefined) await this.#say(this.#client, `unlisten ${pg.escapeIdentifier(channel)}`).catch(() => undefined)
      },
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#retry)
    await this.#connecting
    await this.#client?.end().catch(() => undefined)
  }

  async #say(client: pg.Client, statement: string): Promise<void> {
    const saying = this.#said.then(async () => {
      // of a connection that is cut in the midst the driver never says how the statement ended
      const ended = Promise.withResolvers<never>()
      const end = (): void => ended.reject(new Error('the connection ended'))
      client.once('end', end)
      await Promise.race([client.query(statement), ended.promise]).finally(() => client.off('end', end))
    })
    this.#said = saying.catch(() => undefined)
    await saying
  }

  async #listen(client: pg.Client, channel: string): Promise<void> {
    try {
      await this.#say(client, `listen ${pg.escapeIdentifier(channel)}`)
      for (const handler of this.#handlers.get(channel) ?? []) handler('')
    } catch {
      // the connection's end event reconnects and listens again
    }
  }

  #connect(): void {
    if (this.#connecting !== undefined || this.#client !== undefined || this.#closed) return
    clearTimeout(this.#retry)
    const client = new pg.Client(this.#config)
    let over = false
    const lost = (): void => {
      over = true
      if (this.#client === client) this.#client = undefined
      if (this.#closed) return
      clearTimeout(this.#retry)
      this.#retry = setTimeout(() => this.#connect(), 500)
    }
    client.on('error', () => undefined)
    client.on('notification', (message) => {
      for (const handler of this.#handlers.get(message.channel) ?? []) handler(message.payload ?? '')
    })
    client.once('end', lost)
    this.#connecting = client
      .connect()
      .then(() => {
        if (over) return
        this.#client = client
        // what an earlier connection was told may never be answered
        this.#said = Promise.resolve()
        for (const channel of this.#handlers.keys()) void this.#listen(client, channel)
      })
      .catch(lost)
      .finally(() => (this.#connecting = undefined))
  }
}
