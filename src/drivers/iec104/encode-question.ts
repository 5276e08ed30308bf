import type { Iec104Config } from './config.ts'
import { encodeClockSynchronization, encodeCounterInterrogation, encodeInterrogation } from './core/asdu.ts'
import type { Interrogation } from './core/interrogations.ts'

/** @param stationTime what the station's clock should show now */
export function encodeQuestion(
  { kind, commonAddress }: Interrogation,
  config: Iec104Config,
  stationTime: Parameters<typeof encodeClockSynchronization>[0],
): Uint8Array {
  const options = { sizes: config.sizes, commonAddress, originator: config.originatorAddress }
  switch (kind) {
    case 'general':
      return encodeInterrogation(options)
    case 'counter':
      return encodeCounterInterrogation(options)
    case 'clock':
      return encodeClockSynchronization(stationTime, options)
  }
}
