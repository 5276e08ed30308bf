import type { Micros } from '#base/time.ts'
import type { Zone } from '#calc/zone.ts'
import { GOOD, packQuality, QualityFlag, QualityReason, QualitySeverity, type Value } from '#domain/sample.ts'
import { type JsonPath, valuesAt } from './json-path.ts'
import { readTimestamp, type TimeUnit } from './timestamp.ts'

/** What a value is read as; `auto` takes it as it is written. */
export const READ_AS = ['auto', 'number', 'boolean', 'text'] as const
export type ReadAs = (typeof READ_AS)[number]

/** How one tag finds its value in a payload. */
export interface Extractor {
  readonly as: ReadAs
  /** null: the whole payload is the value. */
  readonly path: JsonPath | null
  /** null: the moment of arrival is the time. */
  readonly timePath: JsonPath | null
  readonly timeUnit: TimeUnit
  readonly zone: Zone
}

export interface Extracted {
  readonly value: Value
  readonly quality: number
  /** null: the payload tells no time. */
  readonly at: Micros | null
}

/** A payload read once for all the tags that want something of it. */
export interface OpenedPayload {
  readonly text: string
  /** undefined when the text is no JSON. */
  readonly json: unknown
}

const utf8 = new TextDecoder('utf-8')
const BAD_TYPE = packQuality(QualitySeverity.Bad, QualityReason.TypeMismatch)
const BAD_PAYLOAD = packQuality(QualitySeverity.Bad, QualityReason.Invalid)
const NO_DATA = packQuality(QualitySeverity.Uncertain, QualityReason.NoData)

/** Any text; never throws. @param wantsJson whether anybody has a path into it */
export function openPayload(bytes: Uint8Array, wantsJson: boolean): OpenedPayload {
  const text = utf8.decode(bytes)
  return { text, json: wantsJson ? readJson(text) : undefined }
}

/**
 * Takes a tag's values out of a payload: none when a JSON payload has no such place (many devices send only what changed), several
 * where the path goes through `[*]`, a Bad one where what stands there is no such value.
 */
export function extract(payload: OpenedPayload, extractor: Extractor): readonly Extracted[] {
  const { as, path, timePath, timeUnit, zone } = extractor
  if (path === null && timePath === null) return [{ ...readValue(payload.text, as), at: null }]
  if (payload.json === undefined) return [{ value: null, quality: BAD_PAYLOAD, at: null }]
  const found = path === null ? [payload.json] : valuesAt(payload.json, path)
  const times = timePath === null ? [] : valuesAt(payload.json, timePath)
  return found.map((raw, index) => {
    // one time for all values, or a time to each
    const rawTime = times.length === found.length ? times[index] : times.length === 1 ? times[0] : undefined
    const time = rawTime === undefined ? undefined : readTimestamp(rawTime, timeUnit, zone)
    const read = readValue(raw, as)
    const quality = time?.ambiguous === true ? read.quality | QualityFlag.Ambiguous : read.quality
    return { value: read.value, quality, at: time?.at ?? null }
  })
}

function readValue(raw: unknown, as: ReadAs): { value: Value; quality: number } {
  if (raw === null || raw === undefined) return { value: null, quality: NO_DATA }
  if (as === 'text') {
    const text = typeof raw === 'string' ? raw : typeof raw === 'bigint' ? raw.toString() : JSON.stringify(raw)
    return { value: text, quality: GOOD }
  }
  if (typeof raw === 'object') return { value: null, quality: BAD_TYPE }
  const value =
    as === 'number' ? readNumber(raw) : as === 'boolean' ? readBoolean(raw) : (readNumber(raw) ?? readBoolean(raw) ?? readPlain(raw))
  return value === undefined ? { value: null, quality: BAD_TYPE } : { value, quality: GOOD }
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

function readNumber(raw: unknown): number | bigint | undefined {
  if (typeof raw === 'number') return Number.isFinite(raw) ? raw : undefined
  if (typeof raw === 'bigint') return raw
  if (typeof raw !== 'string') return undefined
  const text = raw.trim()
  if (!NUMBER.test(text)) return undefined
  const number = Number(text)
  if (Number.isInteger(number) && !Number.isSafeInteger(number) && /^-?\d+$/.test(text)) return BigInt(text)
  return Number.isFinite(number) ? number : undefined
}

const WORDS: Readonly<Record<string, boolean>> = { true: true, on: true, yes: true, false: false, off: false, no: false }

function readBoolean(raw: unknown): boolean | undefined {
  if (typeof raw === 'boolean') return raw
  if (raw === 1 || raw === '1') return true
  if (raw === 0 || raw === '0') return false
  if (typeof raw !== 'string') return undefined
  const word = raw.trim().toLowerCase()
  return Object.hasOwn(WORDS, word) ? WORDS[word] : undefined
}

function readPlain(raw: unknown): string | undefined {
  return typeof raw === 'string' ? raw : undefined
}

const LONG_INTEGER = /\d{16}/

/** Whole numbers beyond 2^53 stay exact. @returns undefined when it is no JSON */
function readJson(text: string): unknown {
  try {
    if (!LONG_INTEGER.test(text)) return JSON.parse(text)
    return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) => {
      if (typeof value !== 'number' || Number.isSafeInteger(value) || !/^-?\d+$/.test(context?.source ?? '')) return value
      return BigInt(context?.source ?? '')
    })
  } catch {
    return undefined
  }
}
