import type { DataValue } from 'node-opcua-client'
import type { Micros } from '#base/time.ts'
import { QualityFlag, type Sample } from '#domain/sample.ts'
import { conditionOf, isBad, qualityOf, Status, statusCodeOf } from './core/status.ts'
import { chooseTimestamp, toMicros } from './core/timestamp.ts'
import { convertVariant, type RawVariant } from './core/value.ts'

/** One tag's share of a node: the whole value, or an element of it. */
export interface Share {
  readonly tagId: number
  readonly element: readonly number[] | null
}

/**
 * How a value came: by itself, because it changed; or because we asked, which says that it still holds. A `reminder` was asked for while
 * a subscription stands: should it have changed, the change itself is on its way.
 */
export type Occasion = 'change' | 'confirmation' | 'reminder'

/**
 * Makes samples of what a server says. Remembers each tag's newest time, so that a value which has not changed for days is confirmed
 * as of now instead of being told again as of then.
 */
export class SampleMaker {
  readonly #newestSource = new Map<number, Micros>()
  readonly #newest = new Map<number, Micros>()
  /** Changes from before this moment, by the server's clock, are told late: others have been told since. */
  #lateBefore: Micros = Number.NEGATIVE_INFINITY
  readonly #since: Micros

  /** @param since when this conversation began */
  constructor(since: Micros) {
    this.#since = since
  }

  /** From now on until undefined, changes from before `at` are history. */
  setLateBefore(at: Micros | undefined): void {
    this.#lateBefore = at ?? Number.NEGATIVE_INFINITY
  }

  make({ tagId, element }: Share, data: DataValue, received: Micros, occasion: Occasion, out: Sample[]): void {
    const status = data.statusCode.value >>> 0
    // no value yet is no reading
    if (conditionOf(status) === Status.BadWaitingForInitialData) return
    const source = microsOf(data.sourceTimestamp, data.sourcePicoseconds)
    const server = microsOf(data.serverTimestamp, data.serverPicoseconds)
    const chosen = chooseTimestamp(source, server, received)
    const reading = readingOf(data, status, element)
    const put = (at: Micros, flags: number): void => {
      out.push({ tagId, sourceTimestamp: at, value: reading.value, quality: reading.quality | flags, statusCode: reading.statusCode })
      if ((flags & QualityFlag.Historical) === 0) this.#newest.set(tagId, Math.max(at, this.#newest.get(tagId) ?? at))
    }
    if (occasion !== 'reminder') {
      const told = source !== undefined && this.#newestSource.get(tagId) === source
      if (source !== undefined) this.#newestSource.set(tagId, source)
      if (occasion === 'change') return put(chosen.at, chosen.flags | (chosen.at < this.#lateBefore ? QualityFlag.Historical : 0))
      if (!told && chosen.at > (this.#newest.get(tagId) ?? this.#since)) return put(chosen.at, chosen.flags)
      // when it changed, and that it still holds
      if (!told && source !== undefined && chosen.at === source && reading.value !== null) put(source, QualityFlag.Historical)
    }
    // a server whose own time is that of the source tells when the value was new, not that it is
    const isNow = server !== undefined && (source === undefined || server > source)
    // as with anything that is polled, the time of asking is the time of the value
    put(isNow ? chooseTimestamp(undefined, server, received).at : received, 0)
  }
}

/** @returns what a tag becomes that the server refuses altogether */
export function refusedSample(tagId: number, status: number, at: Micros): Sample {
  return { tagId, sourceTimestamp: at, value: null, quality: qualityOf(status), statusCode: statusCodeOf(status) }
}

function readingOf(data: DataValue, status: number, element: readonly number[] | null): Pick<Sample, 'value' | 'quality' | 'statusCode'> {
  if (isBad(status)) return { value: null, quality: qualityOf(status), statusCode: statusCodeOf(status) }
  // the library's Variant is wider than what we look at, and null where the server sent none
  const variant = data.value as RawVariant | null
  const converted = variant === null ? { value: null, status: Status.BadNoData } : convertVariant(variant, element)
  const told = converted.status === 0 ? status : converted.status
  return { value: converted.value, quality: qualityOf(told), statusCode: statusCodeOf(told) }
}

function microsOf(date: Date | null, picoseconds: number): Micros | undefined {
  return date === null ? undefined : toMicros({ millis: date.getTime(), picoseconds })
}
