import type { SessionContext } from '../driver.ts'
import { HOLES, storedHoles } from './block-reader.ts'
import { classicAddress } from './core/address.ts'
import { exceptionText } from './core/pdu.ts'

/** What the device refuses, address by address, as its manual counts them, and until when nobody asks again. */
export function describeMemory(memory: Pick<SessionContext, 'recall' | 'recalled'>): Readonly<Record<string, string>> {
  const lines = memory.recalled(HOLES).flatMap((key) => {
    const stored = storedHoles.safeParse(memory.recall(key))
    const unit = key.slice(HOLES.length + 1).replace(/ (?=\d+$)/, ', unit ')
    return (stored.success ? stored.data : []).map(({ functionCode, start, end, exceptionCode, until }) => {
      const name = (at: number): string => classicAddress({ functionCode, start: at, bit: null })
      const place = end - start === 1 ? name(start) : `${name(start)} – ${name(end - 1)}`
      const again = Temporal.Instant.fromEpochMilliseconds(Math.floor(until / 1000)).toString({ smallestUnit: 'minute' })
      return [`Refused at ${unit}: ${place}`, `${exceptionText(exceptionCode)}; asked again after ${again}`] as const
    })
  })
  return Object.fromEntries(lines)
}
