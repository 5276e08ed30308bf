import type { Micros, Millis } from '#base/time.ts'
import type { SessionContext } from '../driver.ts'
import type { OrderMemory } from './core/local-order.ts'

/** An unterminated last line that was read all the same. */
export interface Tail {
  readonly bytes: number
  readonly sha256: string
  readonly lines: number
  readonly rows: number
  readonly bad: number
}

/** Tags that came later are given what was read before they did. */
export interface Late {
  /** Number of the set of columns. */
  readonly columns: number
  readonly offset: number
  readonly line: number
  readonly order: LedgerRow['order']
}

/** Content that was read, and how far: the audit row of a file, which outlives it. JSON. */
export interface LedgerRow {
  /** The file it came from. */
  readonly name: string
  /** Bytes read so far, complete lines. */
  readonly offset: number
  /** Of these bytes. */
  readonly sha256: string
  /** Number of the next line. */
  readonly line: number
  readonly tail: Tail | null
  /** Rows read, bad ones included. */
  readonly rows: number
  readonly bad: number
  /** Name of the file in rejected/, and how much of it is certain; null when every row was sound. */
  readonly badFile: { readonly name: string; readonly bytes: number } | null
  readonly oldest: Micros | null
  readonly newest: Micros | null
  /** When reading began and when it last went on. */
  readonly begun: Micros
  readonly read: Micros
  /** Where the rows stood in the doubled hour. */
  readonly order: readonly (readonly [string, OrderMemory])[]
  /** Number of the set of columns that were read; see {@link Ledger.columns}. */
  readonly columns: number
  /** Null when nothing of that kind is under way. */
  readonly late: Late | null
}

/** What became of a file under this name, size and time. JSON. */
export interface Seen {
  readonly size: number
  readonly mtime: Millis
  readonly state: 'done' | 'refused'
  /** The ledger row of its content; null for a refused file. */
  readonly row: string | null
  /** Of a refused one: why, and under which settings. */
  readonly problem: string | null
  readonly settings: string | null
}

/** Rows kept of content whose file is gone; beyond it the oldest are forgotten. */
const MOST_ROWS = 50_000

const ROW = 'file/'
const SEEN = 'seen/'
const COLUMNS = 'columns/'
const NEWEST = 'newest'
const DATE_ORDER = 'date_order'

type Store = Pick<SessionContext, 'recall' | 'recalled' | 'remember'>

/**
 * What was read of a device's files, by content: the longest prefix that is known is where reading goes on, whatever the file is called.
 * Kept with the samples: after a crash both are there or neither.
 */
export class Ledger {
  readonly #store: Store
  readonly #rows = new Map<string, LedgerRow>()
  readonly #seen = new Map<string, Seen>()
  readonly #columns = new Map<number, ReadonlySet<string>>()
  readonly #newest: Map<number, Micros>
  #next = 1

  constructor(store: Store) {
    this.#store = store
    // written by ourselves
    for (const key of store.recalled(ROW)) {
      this.#rows.set(key, store.recall(key) as LedgerRow)
      this.#next = Math.max(this.#next, Number(key.slice(ROW.length)) + 1)
    }
    for (const key of store.recalled(SEEN)) this.#seen.set(key.slice(SEEN.length), store.recall(key) as Seen)
    for (const key of store.recalled(COLUMNS)) this.#columns.set(Number(key.slice(COLUMNS.length)), new Set(store.recall(key) as string[]))
    this.#newest = new Map((store.recall(NEWEST) as [number, Micros][] | undefined) ?? [])
  }

  get size(): number {
    return this.#rows.size
  }

  row(key: string): LedgerRow | undefined {
    return this.#rows.get(key)
  }

  /** Every content known, newest key last. */
  rows(): Iterable<readonly [string, LedgerRow]> {
    return this.#rows
  }

  newKey(): string {
    return `${ROW}${String(this.#next++).padStart(9, '0')}`
  }

  saveRow(key: string, row: LedgerRow): void {
    this.#rows.set(key, row)
    this.#store.remember(key, row)
  }

  seen(name: string): Seen | undefined {
    return this.#seen.get(name)
  }

  names(): readonly (readonly [string, Seen])[] {
    return [...this.#seen]
  }

  saw(name: string, seen: Seen): void {
    this.#seen.set(name, seen)
    this.#store.remember(`${SEEN}${name}`, seen)
  }

  /** The file is gone or came under another name; what was read of it stays known. */
  forgetName(name: string): void {
    if (this.#seen.delete(name)) this.#store.remember(`${SEEN}${name}`, undefined)
  }

  /** A set of columns that rows name by its number: a plant has few of them, and thousands of rows. */
  columns(number: number): ReadonlySet<string> {
    return this.#columns.get(number) ?? new Set()
  }

  /** @returns the number of the set, a new one when it is not known yet */
  numberOf(columns: ReadonlySet<string>): number {
    for (const [number, known] of this.#columns) if (known.size === columns.size && known.isSubsetOf(columns)) return number
    const number = Math.max(0, ...this.#columns.keys()) + 1
    this.#columns.set(number, columns)
    this.#store.remember(`${COLUMNS}${number}`, [...columns])
    return number
  }

  /** The newest instant that each tag ever had as current value. */
  newestOf(tagId: number): Micros {
    return this.#newest.get(tagId) ?? Number.NEGATIVE_INFINITY
  }

  raiseNewest(tagId: number, instant: Micros): void {
    this.#newest.set(tagId, instant)
  }

  saveNewest(): void {
    this.#store.remember(NEWEST, [...this.#newest])
  }

  /** The order of day and month that a file of this device proved. */
  get dateOrder(): 'dmy' | 'mdy' | null {
    const order = this.#store.recall(DATE_ORDER)
    return order === 'dmy' || order === 'mdy' ? order : null
  }

  proveDateOrder(order: 'dmy' | 'mdy'): void {
    if (order !== this.dateOrder) this.#store.remember(DATE_ORDER, order)
  }

  /** Bounds the ledger: of content without a file the oldest rows go. */
  trim(most = MOST_ROWS): void {
    if (this.#rows.size <= most) return
    const used = new Set([...this.#seen.values()].map((seen) => seen.row))
    for (const key of this.#rows.keys()) {
      if (this.#rows.size <= most) return
      if (used.has(key)) continue
      this.#rows.delete(key)
      this.#store.remember(key, undefined)
    }
  }
}
