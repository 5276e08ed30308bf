import { Conflict, ConfigError, asError } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import { holdBackups } from './backups.ts'
import type { Database, Queryable, Transaction } from './database.ts'
import { sqlState } from './devices.ts'
import { type Layout, MAKE_HYPERTABLE, compressOldRows, measurementsLayout, readTimescale } from './hypertable.ts'
import { installTimescale } from './migrate.ts'
import { type Partition, ensurePartitions, ensurePartitionsAt, listPartitions, orderOfArrival, rowsOf } from './partitions.ts'
import { sealClosedWindows } from './seal.ts'
import { sqlTime } from './time.ts'

/** What is done, for people who wait: `rows` so far of what is moved. */
export interface LayoutStep {
  readonly step: 'sealing' | 'waiting' | 'moving' | 'comparing' | 'dropping' | 'done'
  readonly rows: number
}

export interface LayoutReport {
  readonly layout: Layout
  /** Of hours that are not sealed; whatever is older lies in blocks, which both layouts share. */
  readonly rows: number
  readonly sealedHours: number
}

const COLUMNS = 'tag_id, time_stamp, value, quality, value_text, status_code'
/** Tries to get the table for itself, a second each: writers never wait longer for one. */
const TRIES = 60

/**
 * Moves samples from native partitions into a hypertable of TimescaleDB, or back, while everything runs: drivers buffer meanwhile. History
 * lies in blocks in both, so only the hours that are not sealed are moved, in one transaction: cut short at any point nothing has happened.
 * Rows are counted and summed up on both sides before the old table goes.
 * @throws ConfigError when the server cannot; Conflict while a backup is taken or somebody holds the table
 */
export async function changeLayout(
  db: Database,
  layout: Layout,
  now: Micros,
  onStep: (step: LayoutStep) => void = () => undefined,
): Promise<LayoutReport> {
  if ((await measurementsLayout(db)) === layout) return { layout, rows: 0, sealedHours: 0 }
  if (layout === 'hypertable') await requireTimescale(db)
  // the keeper neither seals nor drops while it is held
  await using _ = await holdBackups(db)
  onStep({ step: 'sealing', rows: 0 })
  const sealed = await sealClosedWindows(db, now)
  for (let tries = 1; ; tries++) {
    try {
      const rows = await db.transaction(async (tx) => await moveWithin(tx, layout, onStep))
      if (layout === 'hypertable') await compressOldRows(db)
      await ensurePartitions(db)
      onStep({ step: 'done', rows })
      return { layout, rows, sealedHours: sealed.windows }
    } catch (error) {
      const state = sqlState(error)
      if (state === '2BP01') throw dependents(error)
      if (state !== '55P03') throw error
      if (tries === TRIES) throw new Conflict('Somebody reads the samples all the time.', { remedy: 'Try again when it is quieter.' })
      onStep({ step: 'waiting', rows: 0 })
    }
  }
}

async function requireTimescale(db: Database): Promise<void> {
  const refused = await installTimescale(db)
  if ((await readTimescale(db)) !== null) return
  const problem = refused === null ? 'The server does not offer TimescaleDB.' : `The server refuses TimescaleDB: ${refused}.`
  throw new ConfigError('layout', problem, {
    remedy: 'Install it on the server, name it in shared_preload_libraries, restart the server, then try again. Nothing was changed.',
  })
}

function dependents(error: unknown): Conflict {
  const detail: unknown = Object.getOwnPropertyDescriptor(asError(error), 'detail')?.value
  return new Conflict(`Something of yours hangs on the table measurements: ${typeof detail === 'string' ? detail : 'see the server log'}`, {
    cause: error,
    remedy: 'Drop it, change the layout, and make it again. Nothing was changed.',
  })
}

async function moveWithin(tx: Transaction, layout: Layout, onStep: (step: LayoutStep) => void): Promise<number> {
  await tx.query(`set local lock_timeout = '1s'`)
  await tx.query('lock table measurements in access exclusive mode')
  await tx.query('set local statement_timeout = 0')
  const windows = await listPartitions(tx, 'measurements')
  const orders = new Map<string, string>()
  for (const window of windows) orders.set(window.name, await orderOfArrival(tx, window))
  await tx.query('alter table measurements rename to measurements_before')
  for (const name of ['measurements_time', 'measurements_tag_time']) await tx.query(`alter index ${name} rename to ${name}_before`)
  await makeTable(tx, layout, windows)
  let rows = 0
  for (const window of windows) {
    const source = rowsOf(window).replace(/^measurements /, 'measurements_before ')
    // in the order of arrival, which decides among rows of one time
    const moved = await tx.query<{ rows: number }>(
      `with moved as (insert into measurements (${COLUMNS}) select ${COLUMNS} from ${source} order by time_stamp${orders.get(window.name) ?? ''} returning 1)
       select count(*)::int8 as rows from moved`,
    )
    rows += moved[0]?.rows ?? 0
    if ((moved[0]?.rows ?? 0) > 0) onStep({ step: 'moving', rows })
  }
  onStep({ step: 'comparing', rows })
  await compare(tx, windows)
  onStep({ step: 'dropping', rows })
  await tx.query('drop table measurements_before')
  return rows
}

async function makeTable(tx: Transaction, layout: Layout, windows: readonly Partition[]): Promise<void> {
  const like = 'create table measurements (like measurements_before including defaults including storage)'
  await tx.query(layout === 'hypertable' ? like : `${like} partition by range (time_stamp)`)
  await tx.query(`create index measurements_time on measurements using brin (time_stamp) with (pages_per_range = 32, autosummarize = on)`)
  await tx.query('create index measurements_tag_time on measurements (tag_id, time_stamp)')
  await tx.query(KEEP_GRANTS)
  if (layout === 'partitions') {
    await tx.query('delete from open_window')
    const starts = windows.map((one) => one.from)
    await ensurePartitionsAt(tx, 'measurements', starts)
    return
  }
  await tx.query(MAKE_HYPERTABLE)
  const frozen = windows.findLast((one) => one.frozen)?.to
  await tx.query(
    `insert into open_window (sealed_until, frozen_until)
     select sealed, coalesce($2, sealed) from coalesce($1, date_trunc('hour', now(), 'UTC')) sealed`,
    [windows[0] === undefined ? null : sqlTime(windows[0].from), frozen === undefined ? null : sqlTime(frozen)],
  )
}

/** Whoever was allowed to read the samples still is. */
const KEEP_GRANTS = `do $$
  declare given record;
  begin
    for given in select privilege_type, case grantee when 0 then 'public' else grantee::regrole::text end as grantee
      from pg_class, aclexplode(relacl) where oid = 'measurements_before'::regclass and grantee <> relowner
    loop
      execute format('grant %s on measurements to %s', given.privilege_type, given.grantee);
    end loop;
  end $$`

/** @throws Error when the moved rows are not those that were there */
async function compare(tx: Queryable, windows: readonly Partition[]): Promise<void> {
  const [first] = windows
  const since = first === undefined ? 'true' : `time_stamp >= '${sqlTime(first.from)}'`
  const proof = (table: string): string =>
    `(select count(*) || ' rows, sum ' || coalesce(sum(hashtextextended(one::text, 0)::numeric), 0)
      from (select ${COLUMNS} from ${table} where ${since}) one)`
  const [row] = await tx.query<{ before: string; after: string }>(
    `select ${proof('measurements_before')} as before, ${proof('measurements')} as after`,
  )
  if (row === undefined || row.before !== row.after)
    throw new Error(`The rows that were moved are not those that were there: ${row?.before} and ${row?.after}. Nothing was changed.`)
}
