import { fittingSizes } from './core/asdu.ts'
import type { InterrogationOutcome } from './core/interrogations.ts'
import type { StationView } from './core/station-view.ts'

/** What is wrong between the configuration and the station, in words for the person who configures it. */
export class StationProblems {
  readonly #wanted: readonly number[]
  readonly #view: StationView
  readonly #byAddress = new Map<number, string>()
  readonly #heard = new Set<number>()
  #sizes: string | null = null

  /** @param wanted the common addresses that are interrogated */
  constructor(wanted: readonly number[], view: StationView) {
    this.#wanted = wanted
    this.#view = view
  }

  /** Nothing of this device can come. */
  get isTotal(): boolean {
    return this.#sizes !== null || this.#wanted.every((commonAddress) => this.#byAddress.has(commonAddress))
  }

  get text(): string | null {
    return this.#sizes ?? [...this.#byAddress.values()][0] ?? null
  }

  concerns(commonAddress: number): boolean {
    return this.#byAddress.has(commonAddress)
  }

  /** Data of a common address is the proof that it exists. @returns whether that ends a problem */
  heardFrom(commonAddress: number): boolean {
    if (this.#heard.has(commonAddress) && this.#sizes === null && this.#byAddress.size === 0) return false
    this.#heard.add(commonAddress)
    const solved = this.#byAddress.delete(commonAddress) || this.#sizes !== null
    this.#sizes = null
    return solved
  }

  /** @returns whether that begins a problem */
  onOutcome({ kind, commonAddress, result }: InterrogationOutcome): boolean {
    // without counters or a clock of its own a station refuses what concerns them, and is right to
    if (kind !== 'general') return false
    if (result === 'confirmed' || result === 'finished') return false
    if (result !== 'unknown_common_address' && this.#heard.has(commonAddress)) return false
    const known = this.#byAddress.has(commonAddress)
    this.#byAddress.set(commonAddress, this.#words(commonAddress, result))
    return !known
  }

  /** A telegram whose length does not fit. @returns whether that begins a problem: not where others were sound */
  malformed(asdu: Uint8Array): boolean {
    if (this.#sizes !== null || this.#heard.size > 0) return false
    const fitting = fittingSizes(asdu)
    if (fitting.length === 0) return false
    const words = fitting.map(({ cause, commonAddress, objectAddress }) => `${cause}, ${commonAddress}, ${objectAddress}`)
    this.#sizes =
      'The telegrams of the station do not have the length that follows from the octets set for cause, common address and object address. ' +
      `They would fit ${words.join(' or ')}: set these in the device, as they are set in the station.`
    return true
  }

  #words(commonAddress: number, result: InterrogationOutcome['result']): string {
    const others = this.#view.commonAddresses.filter((other) => other !== commonAddress)
    const remedy =
      others.length > 0
        ? `It reports under ${others.join(', ')}: use that, or look up the ASDU address in the settings of the station.`
        : 'Look up the ASDU address in the settings of the station.'
    if (result === 'unknown_common_address') return `The station does not know common address ${commonAddress}. ${remedy}`
    if (result === 'refused') return `The station refuses the general interrogation of common address ${commonAddress}. ${remedy}`
    return `The station does not answer the general interrogation of common address ${commonAddress}. ${remedy}`
  }
}
