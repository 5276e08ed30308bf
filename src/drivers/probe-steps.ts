import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { asError, SyncTideError } from '#base/errors.ts'
import type { Clock } from '#base/time.ts'
import type { ProbeStep } from './driver.ts'
import { type Peer, unknownHostError } from './open-tcp.ts'

/** What a step that went well says, and what the next ones need of it. */
export type Found<Thing> = readonly [message: string, found: Thing]

/** Test Connection, step by step: each is timed, told as soon as it ends, and kept for the report. */
export class ProbeSteps {
  readonly all: ProbeStep[] = []
  readonly #clock: Clock
  readonly #onStep: (step: ProbeStep) => void
  readonly #inWords: (thrown: unknown) => Error

  /** @param inWords what a library threw, for people */
  constructor(clock: Clock, onStep: (step: ProbeStep) => void, inWords: (thrown: unknown) => Error = asError) {
    this.#clock = clock
    this.#onStep = onStep
    this.#inWords = inWords
  }

  /** @returns what the step found; undefined when it failed, and then it is told why and what helps */
  async run<Thing>(name: string, action: () => Promise<Found<Thing>>): Promise<Thing | undefined> {
    const started = this.#clock.mono()
    const report = (ok: boolean, message: string, remedy: string | null): void => {
      const step = { name, ok, millis: Math.round(this.#clock.mono() - started), message, remedy }
      this.all.push(step)
      this.#onStep(step)
    }
    try {
      const [message, found] = await action()
      report(true, message, null)
      return found
    } catch (thrown) {
      const error = thrown instanceof SyncTideError ? thrown : this.#inWords(thrown)
      report(false, error.message, (error instanceof SyncTideError ? error.remedy : undefined) ?? 'Look into the log for details.')
      return undefined
    }
  }
}

/** The first step of most. @throws DriverError */
export async function resolveHost(host: string, peer: Peer): Promise<Found<true>> {
  if (isIP(host) !== 0) return [`${host} is an IP address`, true]
  try {
    const { address } = await lookup(host)
    return [`${host} has the address ${address}`, true]
  } catch (cause) {
    throw unknownHostError(host, peer, cause)
  }
}
