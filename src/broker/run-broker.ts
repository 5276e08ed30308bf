import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { asError, SyncTideError } from '#base/errors.ts'
import { type BrokerConfig, parseBroker } from '#drivers/mqtt/broker-config.ts'
import type { Logger } from '#host/log.ts'
import { aborted } from '#host/process.ts'
import { openKey, unsealFields } from '#host/secrets.ts'
import { listBrokers, sealedBrokerSecrets } from '#store/brokers.ts'
import type { Database } from '#store/database.ts'
import type { BundledBroker } from './bundled-broker.ts'
import { KeptBroker } from './kept-broker.ts'
import { MosquittoBroker } from './mosquitto-broker.ts'

export interface BrokerOptions {
  readonly db: Database
  readonly dataFolder: string
  /** Path of the Mosquitto that serves; null: the embedded broker. */
  readonly mosquitto: string | null
  readonly log: Logger
  readonly signal: AbortSignal
}

interface Wanted {
  readonly code: string
  readonly settings: string
  readonly config: BrokerConfig
}

const SAVE_MILLIS = 30_000
const RETRY_MILLIS = 5000

/** Runs the brokers that are marked as bundled, and follows their settings, until the signal aborts. */
export async function runBroker({ db, dataFolder, mosquitto, log, signal }: BrokerOptions): Promise<void> {
  let following = Promise.resolve()
  const follow = (): void => {
    following = following.then(async () => {
      while (!signal.aborted) {
        try {
          const { wanted, codes } = await loadWanted(db, dataFolder, log)
          await house.become(wanted)
          return await house.forgetOthers(codes)
        } catch (error) {
          // the database is away, or a port is taken: what runs goes on
          log.debug('broker.not_followed', { error: asError(error) })
          await pause(RETRY_MILLIS, undefined, { signal }).catch(() => undefined)
        }
      }
    })
  }
  const house = new House(join(dataFolder, 'broker'), mosquitto, log, () => {
    if (!signal.aborted) void pause(RETRY_MILLIS, undefined, { signal }).then(follow, () => undefined)
  })
  await using _ = db.listen('config', follow)
  const saving = setInterval(() => void house.save(), SAVE_MILLIS)
  await aborted(signal)
  clearInterval(saving)
  await following
  await house.become([])
}

/** @returns those to run, and the codes of all there are */
async function loadWanted(
  db: Database,
  dataFolder: string,
  log: Logger,
): Promise<{ readonly wanted: readonly Wanted[]; readonly codes: readonly string[] }> {
  const brokers = await listBrokers(db, { protocol: 'mqtt' })
  const secrets = await sealedBrokerSecrets(db, { protocol: 'mqtt' })
  const wanted = brokers.flatMap(({ id, code, enabled, settings }) => {
    if (!enabled || settings['bundled'] !== true) return []
    try {
      const all = { ...settings, ...unsealFields(openKey(dataFolder), secrets.get(id) ?? null) }
      return [{ code, settings: JSON.stringify(all), config: parseBroker(all) }]
    } catch (error) {
      log.warn('broker.misconfigured', { code, error })
      return []
    }
  })
  return { wanted, codes: brokers.map(({ code }) => code) }
}

/** The brokers that run, by code. */
class House {
  readonly #folder: string
  readonly #mosquitto: string | null
  readonly #log: Logger
  readonly #onEnd: () => void
  readonly #running = new Map<string, { readonly settings: string; readonly broker: BundledBroker }>()
  /** Why one could not be started, as it was last told. */
  readonly #told = new Map<string, string>()
  #saving = Promise.resolve()

  /** @param onEnd one ended by itself */
  constructor(folder: string, mosquitto: string | null, log: Logger, onEnd: () => void) {
    this.#folder = folder
    this.#mosquitto = mosquitto
    this.#log = log
    this.#onEnd = onEnd
  }

  /** Stops what is not wanted any more, starts what is. @throws ConfigError when a port is taken, after doing the rest */
  async become(wanted: readonly Wanted[]): Promise<void> {
    for (const [code, { settings }] of this.#running) {
      if (!wanted.some((one) => one.code === code && one.settings === settings)) await this.#stop(code)
    }
    let failure: unknown
    for (const one of wanted) {
      if (this.#running.has(one.code)) continue
      try {
        await this.#start(one)
      } catch (error) {
        failure = error
        const { message } = asError(error)
        if (this.#told.get(one.code) !== message) this.#log.warn('broker.not_started', { code: one.code, error })
        this.#told.set(one.code, message)
      }
    }
    if (failure !== undefined) throw failure instanceof SyncTideError ? failure : asError(failure)
  }

  /** What was kept of brokers that are gone goes as well. */
  async forgetOthers(codes: readonly string[]): Promise<void> {
    // one that is being written must not come back
    await this.#saving
    const kept = new Set(codes.flatMap((code) => [fileOf(code), folderOf(code)]))
    const names = await readdir(this.#folder).catch(() => [])
    for (const name of names) if (!kept.has(name)) await rm(join(this.#folder, name), { recursive: true, force: true })
  }

  async save(): Promise<void> {
    this.#saving = this.#saving.then(async () => {
      for (const [code, { broker }] of this.#running) {
        await broker.save().catch((error: unknown) => this.#log.warn('broker.not_saved', { code, error }))
      }
    })
    await this.#saving
  }

  async #start({ code, settings, config }: Wanted): Promise<void> {
    const common = { config, log: this.#log }
    const broker =
      this.#mosquitto === null
        ? await KeptBroker.start({ path: join(this.#folder, fileOf(code)), ...common })
        : await MosquittoBroker.start({ program: this.#mosquitto, folder: join(this.#folder, folderOf(code)), ...common })
    this.#running.set(code, { settings, broker })
    this.#told.delete(code)
    this.#log.info('broker.listening', { code, port: broker.port, openToNetwork: config.openToNetwork })
    void broker.ended.then((reason) => {
      if (this.#running.get(code)?.broker !== broker) return
      this.#running.delete(code)
      this.#log.warn('broker.ended', { code, reason })
      this.#onEnd()
    })
  }

  async #stop(code: string): Promise<void> {
    const running = this.#running.get(code)
    this.#running.delete(code)
    try {
      await running?.broker[Symbol.asyncDispose]()
    } catch (error) {
      this.#log.warn('broker.not_saved', { code, error })
    }
    this.#log.info('broker.stopped', { code })
  }
}

/** What the embedded broker keeps. */
function fileOf(code: string): string {
  return `${encodeURIComponent(code)}.json`
}

/** Of a Mosquitto. */
function folderOf(code: string): string {
  return `${encodeURIComponent(code)}.mosquitto`
}
