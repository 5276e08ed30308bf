import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { decodeBlock, encodeBlock } from '#store/core/block-codec.ts'
import type { SampleColumns } from '#store/core/sample-columns.ts'
import { machine, option } from './machine.ts'
import { random, signals } from './signals.ts'

// A day of one tag of each kind of signal as a sealed block: bytes a sample, encoding and decoding a second. Ten of the twenty tags
// of a mixed device are stamped on the second, ten with the jitter of a device's own clock.
const points = option('points', 86_400)
const rounds = option('rounds', 5)
const START = Date.parse('2026-03-01T00:00:00Z') * 1000

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
