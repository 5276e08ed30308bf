import type { Micros } from '#base/time.ts'
import type { Value } from '#domain/sample.ts'
import { storedValue } from './copy-samples.ts'
import { type SampleColumns, ValueKind } from './sample-columns.ts'

const HOUR: Micros = 3_600_000_000
const DAY: Micros = 24 * HOUR
/** From so many samples an hour on, an hour is worth a block of its own until the keeper joins the day. */
const DENSE = 120
/** With so many of its hours a day is as good as whole: it need not be put together of them by night. */
const WHOLE_DAY = 23

/** A window of a tag with what was gathered of it. */
export interface GatheredWindow {
  readonly tagId: number
  readonly from: Micros
  /** Exclusive. */
  readonly to: Micros
  readonly columns: SampleColumns
}

/** Collects samples of any tags in any order, as columns from the start: millions of them fit where objects would not. */
export class SampleGatherer {
  readonly #tags = new Map<number, Growing>()
  #held = 0

  /** How many are held. */
  get held(): number {
    return this.#held
  }

  add(tagId: number, at: Micros, value: Value, quality: number, statusCode: number | null = null): void {
    let growing = this.#tags.get(tagId)
    if (growing === undefined) this.#tags.set(tagId, (growing = new Growing()))
    growing.add(Math.round(at), value, quality, statusCode)
    this.#held += 1
  }

  /**
   * Hands out all that is held, in windows of an hour or a day of UTC; of several samples with one time the last one added stays. A day that
   * is over for less than a day comes in hours: its other hours are still being sealed.
   */
  take(now: Micros): GatheredWindow[] {
    const windows: GatheredWindow[] = []
    for (const [tagId, growing] of this.#tags)
      for (const { from, to, columns } of windowsOf(growing.columns(), now - DAY)) windows.push({ tagId, from, to, columns })
    this.#tags.clear()
    this.#held = 0
    return windows
  }
}

function* windowsOf(all: SampleColumns, settled: Micros): Generator<Omit<GatheredWindow, 'tagId'>> {
  for (const [dayStart, dayEnd, day] of stretches(all, 0, all.times.length, DAY)) {
    const hours = [...stretches(all, dayStart, dayEnd, HOUR)]
    if (day + DAY <= settled && (dayEnd - dayStart < DENSE * hours.length || hours.length >= WHOLE_DAY))
      yield { from: day, to: day + DAY, columns: part(all, dayStart, dayEnd) }
    else for (const [start, end, hour] of hours) yield { from: hour, to: hour + HOUR, columns: part(all, start, end) }
  }
}

/** Stretches of sorted samples that lie in one window of this width. */
function* stretches({ times }: SampleColumns, start: number, end: number, width: Micros): Generator<[number, number, Micros]> {
  for (let at = start; at < end;) {
    const window = Math.floor((times[at] ?? 0) / width) * width
    let next = at + 1
    while (next < end && (times[next] ?? 0) < window + width) next += 1
    yield [at, next, window]
    at = next
  }
}

function part(all: SampleColumns, start: number, end: number): SampleColumns {
  const moved = <T>(map: ReadonlyMap<number, T>): Map<number, T> => gathered(map, end - start, (index) => start + index)
  return {
    times: all.times.slice(start, end),
    values: all.values.slice(start, end),
    kinds: all.kinds.slice(start, end),
    qualities: all.qualities.slice(start, end),
    texts: moved(all.texts),
    statusCodes: moved(all.statusCodes),
  }
}

/** What stands at the places that `from` names of the first ones, second ones … of `length`. */
function gathered<T>(map: ReadonlyMap<number, T>, length: number, from: (index: number) => number): Map<number, T> {
  const found = new Map<number, T>()
  if (map.size === 0) return found
  for (let index = 0; index < length; index++) {
    const one = map.get(from(index))
    if (one !== undefined) found.set(index, one)
  }
  return found
}

class Growing {
  #times = new Float64Array(64)
  #values = new Float64Array(64)
  #kinds = new Uint8Array(64)
  #qualities = new Uint16Array(64)
  readonly #texts = new Map<number, string>()
  readonly #statusCodes = new Map<number, number>()
  #length = 0
  #sorted = true

  add(at: Micros, value: Value, quality: number, statusCode: number | null): void {
    if (this.#length === this.#times.length) this.#grow()
    const index = this.#length++
    const stored = storedValue(value)
    if (index > 0 && at <= (this.#times[index - 1] ?? 0)) this.#sorted = false
    this.#times[index] = at
    this.#values[index] = stored.value ?? 0
    this.#qualities[index] = quality
    if (stored.valueText !== null) {
      this.#texts.set(index, stored.valueText)
      this.#kinds[index] = stored.value === null ? ValueKind.Text : ValueKind.Exact
    } else this.#kinds[index] = stored.value === null ? ValueKind.Null : ValueKind.Number
    if (statusCode !== null) this.#statusCodes.set(index, statusCode)
  }

  columns(): SampleColumns {
    const order = this.#sorted ? null : this.#order()
    const length = order?.length ?? this.#length
    const pick = <T extends Float64Array | Uint8Array | Uint16Array>(from: T, into: T): T => {
      if (order === null) into.set(from.subarray(0, length))
      else for (let index = 0; index < length; index++) into[index] = from[order[index] ?? 0] ?? 0
      return into
    }
    const placed = <T>(map: ReadonlyMap<number, T>): Map<number, T> =>
      gathered(map, length, (index) => (order === null ? index : (order[index] ?? 0)))
    return {
      times: pick(this.#times, new Float64Array(length)),
      values: pick(this.#values, new Float64Array(length)),
      kinds: pick(this.#kinds, new Uint8Array(length)),
      qualities: pick(this.#qualities, new Uint16Array(length)),
      texts: placed(this.#texts),
      statusCodes: placed(this.#statusCodes),
    }
  }

  /** Places in order of time, of equal times only the last one added. */
  #order(): Uint32Array {
    const times = this.#times
    const places = Uint32Array.from({ length: this.#length }, (_, index) => index).sort(
      (a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b,
    )
    return places.filter((place, index) => index + 1 === places.length || times[places[index + 1] ?? 0] !== times[place])
  }

  #grow(): void {
    const wider = <T extends Float64Array | Uint8Array | Uint16Array>(from: T, into: T): T => {
      into.set(from)
      return into
    }
    const length = this.#times.length * 2
    this.#times = wider(this.#times, new Float64Array(length))
    this.#values = wider(this.#values, new Float64Array(length))
    this.#kinds = wider(this.#kinds, new Uint8Array(length))
    this.#qualities = wider(this.#qualities, new Uint16Array(length))
  }
}
