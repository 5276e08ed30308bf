import type { Micros } from '#base/time.ts'
import type { DeviceScope } from '#domain/user.ts'
import { PairWalk } from './core/pair-walk.ts'
import { numberAt, type SampleColumns } from './core/sample-columns.ts'
import type { Queryable } from './database.ts'
import { readHistory } from './measurements.ts'

/** What held when the period begins was told at some time before: a heartbeat comes at least each hour. */
const WARM_UP: Micros = 3_600_000_000

/**
 * Two tags over one another in [from, to): every stretch in which both are known. Bad samples and gaps are none.
 * @param take told the stretches in order of time
 */
export async function readPairs(
  db: Queryable,
  scope: DeviceScope,
  tags: { readonly x: number; readonly y: number },
  from: Micros,
  to: Micros,
  take: (from: Micros, until: Micros, x: number, y: number) => void,
): Promise<void> {
  const walk = new PairWalk(from, to, take)
  const x = new Reader(readHistory(db, scope, tags.x, from - WARM_UP, to))
  const y = new Reader(readHistory(db, scope, tags.y, from - WARM_UP, to))
  while ((await x.fill()) || (await y.fill())) {
    await y.fill()
    // as far as both pieces reach: no row waits for the database
    do {
      const first = x.time <= y.time ? x : y
      if (first.time === Infinity) break
      walk.set(first === x ? 'x' : 'y', first.time, first.take())
    } while (!x.isEmpty && !y.isEmpty)
  }
  walk.end()
}

/** One tag, piece by piece. */
class Reader {
  readonly #pieces: AsyncGenerator<SampleColumns>
  #piece: SampleColumns | undefined
  #next = 0
  #ended = false

  constructor(pieces: AsyncGenerator<SampleColumns>) {
    this.#pieces = pieces
  }

  /** Whether the piece at hand is used up and more may come. */
  get isEmpty(): boolean {
    return !this.#ended && this.#next >= (this.#piece?.times.length ?? 0)
  }

  /** Of the next sample; Infinity at the end. */
  get time(): Micros {
    return this.#piece?.times[this.#next] ?? Infinity
  }

  take(): number | null {
    return this.#piece === undefined ? null : numberAt(this.#piece, this.#next++)
  }

  /** @returns whether there is a next sample */
  async fill(): Promise<boolean> {
    while (this.isEmpty) {
      const piece = await this.#pieces.next()
      this.#ended = piece.done === true
      this.#piece = piece.done === true ? undefined : piece.value
      this.#next = 0
    }
    return this.time !== Infinity
  }
}
