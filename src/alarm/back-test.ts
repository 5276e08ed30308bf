import type { Micros } from '#base/time.ts'
import type { TagRule } from '#domain/alarm.ts'
import type { Sample } from '#domain/sample.ts'
import type { DeviceScope } from '#domain/user.ts'
import type { Queryable } from '#store/database.ts'
import { readHistory, samplesOf } from '#store/measurements.ts'
import { BackTest, type Findings } from './core/back-test.ts'

/**
 * What a rule would have done over stored history: the rule being edited, judged by the engine's own `evaluate`. Samples before `from`
 * fill its windows and delays. Other requests are answered in between.
 * @returns no findings at all for a tag out of scope
 */
export async function backTest(db: Queryable, scope: DeviceScope, rule: TagRule, from: Micros, to: Micros): Promise<Findings> {
  const test = new BackTest(rule, from)
  const before = ((rule.windowSeconds ?? 0) + rule.onDelaySeconds + rule.offDelaySeconds + WARM_UP_SECONDS) * 1_000_000
  const begin = from - Math.round(before)
  if (rule.curve === null) {
    for await (const samples of readSampleStream(db, scope, rule.tagId, begin, to)) test.add(samples)
    return test.end(to)
  }
  const x = readSampleStream(db, scope, rule.curve.xTagId, begin, to)
  const y = readSampleStream(db, scope, rule.tagId, begin, to)
  for await (const together of inStep(x, y)) test.add(together)
  return test.end(to)
}

/** What held when the period begins was told at some time before. */
const WARM_UP_SECONDS = 3600

async function* readSampleStream(
  db: Queryable,
  scope: DeviceScope,
  tagId: number,
  from: Micros,
  to: Micros,
): AsyncGenerator<readonly Sample[]> {
  for await (const columns of readHistory(db, scope, tagId, from, to)) yield* samplesOf(tagId, columns)
}

/** Samples of two tags by instant: those of the same one together. */
async function* inStep(a: AsyncGenerator<readonly Sample[]>, b: AsyncGenerator<readonly Sample[]>): AsyncGenerator<readonly Sample[]> {
  const left = new Cursor(a)
  const right = new Cursor(b)
  for (;;) {
    const one = left.peek() ?? (await left.next())
    const two = right.peek() ?? (await right.next())
    if (one === undefined && two === undefined) return
    const at = Math.min(one?.sourceTimestamp ?? Infinity, two?.sourceTimestamp ?? Infinity)
    const together: Sample[] = []
    if (one?.sourceTimestamp === at) together.push(left.take(one))
    if (two?.sourceTimestamp === at) together.push(right.take(two))
    yield together
  }
}

/** One sample at a time of what comes in pieces. */
class Cursor {
  readonly #pieces: AsyncGenerator<readonly Sample[]>
  #piece: readonly Sample[] = []
  #at = 0

  constructor(pieces: AsyncGenerator<readonly Sample[]>) {
    this.#pieces = pieces
  }

  peek(): Sample | undefined {
    return this.#piece[this.#at]
  }

  async next(): Promise<Sample | undefined> {
    while (this.peek() === undefined) {
      const piece = await this.#pieces.next()
      if (piece.done === true) return undefined
      this.#piece = piece.value
      this.#at = 0
    }
    return this.peek()
  }

  take(sample: Sample): Sample {
    this.#at++
    return sample
  }
}
