import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { decodeBlock, encodeBlock } from '#store/core/block-codec.ts'
import type { SampleColumns } from '#store/core/sample-columns.ts'
import { machine, option } from './machine.ts'

// A day of one tag of each kind of signal as a sealed block: bytes a sample, encoding and decoding a second. Ten of the twenty tags
// of a mixed device are stamped on the second, ten with the jitter of a device's own clock.
const points = option('points', 86_400)
const rounds = option('rounds', 5)
const START = Date.parse('2026-03-01T00:00:00Z') * 1000

let seed = 42
function random(): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return seed / 2 ** 32
}
const noise = (): number => random() + random() + random() - 1.5

/** A converter of 27648 counts, scaled in single precision. */
function converter(): (at: number) => number {
  let level = 12_000
  return (at) => {
    level += noise() * 20 + Math.sin(at / 7000) * 2
    return Math.fround((Math.round(level + noise() * 30) * 10) / 27_648)
  }
}
const walk = (step: number, digits: number, single: boolean) => (): ((at: number) => number) => {
  let level = 50
  return () => {
    level += noise() * step
    const value = Math.round(level * 10 ** digits) / 10 ** digits
    return single ? Math.fround(value) : value
  }
}
const signals: readonly (readonly [name: string, share: number, make: () => (at: number) => number])[] = [
  ['single-precision converter', 5, converter],
  ['two decimals', 2, walk(0.05, 2, false)],
  ['tenths', 2, walk(0.1, 1, false)],
  ['temperature 0.1 °C, single', 5, walk(0.02, 1, true)],
  [
    'counter',
    2,
    () =>
      (
        (sum) => () =>
          (sum += Math.floor(random() * 3))
      )(1_000_000),
  ],
  [
    'digital',
    3,
    () =>
      (
        (on) => () =>
          (on = random() < 0.002 ? 1 - on : on)
      )(0),
  ],
  [
    'state of five',
    1,
    () =>
      (
        (state) => () =>
          (state = random() < 0.001 ? Math.floor(random() * 5) : state)
      )(0),
  ],
]

console.log(machine())
console.log(`${points} samples a block, median of ${rounds} rounds`)
const total = { bytes: 0, share: 0 }
for (const jitter of [false, true]) {
  for (const [name, share, make] of signals) {
    const columns = day(make(), jitter)
    const encoded: number[] = []
    const decoded: number[] = []
    let size = 0
    for (let round = 0; round < rounds; round++) {
      const began = performance.now()
      const bytes = zstdCompressSync(encodeBlock(columns))
      const middle = performance.now()
      decodeBlock(zstdDecompressSync(bytes))
      decoded.push(performance.now() - middle)
      encoded.push(middle - began)
      size = bytes.length
    }
    total.bytes += (size / points) * share
    total.share += share
    const rate = (times: readonly number[]): string =>
      `${(points / (times.toSorted((a, b) => a - b)[rounds >> 1] ?? 1) / 1000).toFixed(1)} M/s`
    console.log(
      `${jitter ? 'own clock ' : 'on second '} ${name.padEnd(28)} ${(size / points).toFixed(3)} bytes a sample, written ${rate(encoded)}, read ${rate(decoded)}`,
    )
  }
}
console.log(`mixed: ${(total.bytes / total.share).toFixed(3)} bytes a sample (aim 1.0; a row with its index takes 102)`)

function day(value: (at: number) => number, jitter: boolean): SampleColumns {
  return {
    times: Float64Array.from({ length: points }, (_, at) => START + at * 1_000_000 + (jitter ? Math.floor(random() * 32) * 1000 : 0)),
    values: Float64Array.from({ length: points }, (_, at) => value(at)),
    kinds: new Uint8Array(points),
    qualities: new Uint16Array(points),
    texts: new Map(),
    statusCodes: new Map(),
  }
}
