import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { BrokerConfig } from '#drivers/mqtt/broker-config.ts'
import type { Logger } from '#host/log.ts'
import type { SavedState } from './broker-store.ts'
import type { BundledBroker } from './bundled-broker.ts'
import { EmbeddedBroker } from './embedded-broker.ts'

/** The embedded broker with the file in which it keeps what must survive. */
export class KeptBroker implements BundledBroker {
  readonly #broker: EmbeddedBroker
  readonly #path: string
  readonly ended = new Promise<string>(() => undefined)

  private constructor(broker: EmbeddedBroker, path: string) {
    this.#broker = broker
    this.#path = path
  }

  /** @throws ConfigError naming `port` when it cannot be had */
  static async start({ path, config, log }: { path: string; config: BrokerConfig; log: Logger }): Promise<KeptBroker> {
    return new KeptBroker(await EmbeddedBroker.start({ config, log, saved: await recall(path) }), path)
  }

  get port(): number {
    return this.#broker.state.port
  }

  async save(): Promise<void> {
    const state = await this.#broker.save()
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 })
    const draft = `${this.#path}.new`
    await writeFile(draft, JSON.stringify(state), { mode: 0o600 })
    await rename(draft, this.#path)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.save()
    } finally {
      await this.#broker[Symbol.asyncDispose]()
    }
  }
}

async function recall(path: string): Promise<SavedState | undefined> {
  try {
    // written by ourselves
    return JSON.parse(await readFile(path, 'utf8')) as SavedState
  } catch {
    return undefined
  }
}
