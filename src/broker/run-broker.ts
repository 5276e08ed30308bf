import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { asError, SyncTideError } from '#base/errors.ts'
import { type BrokerConfig, parseBroker } from '#drivers/mqtt/broker-config.ts'
import type { Logger } from '#host/log.ts'
import { aborted } from '#host/process.ts'
import { openKey, unsealFields } from '#host/secrets.ts'
import { listBrokers, sealedBrokerSecrets } from '#store/brokers.ts'
import type { Database } from '#store/database.ts'
import type { SavedState } from './broker-store.ts'
import { EmbeddedBroker } from './embedded-broker.ts'

export interface BrokerOptions {
  readonly db: Database
  readonly dataFolder: string
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
export async function runBroker({ db, dataFolder, log, signal }: BrokerOptions): Promise<void> {
  const house = new House(dataFolder, log)
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

/** The brokers that run, by code, and the files of what they keep. */
class House {
  readonly #folder: string
  readonly #log: Logger
  readonly #running = new Map<string, { readonly settings: string; readonly broker: EmbeddedBroker }>()
  /** Why one could not be started, as it was last told. */
  readonly #told = new Map<string, string>()
  #saving = Promise.resolve()

  constructor(dataFolder: string, log: Logger) {
    this.#folder = join(dataFolder, 'broker')
    this.#log = log
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
    const kept = new Set(codes.map((code) => basename(this.#fileOf(code))))
    const files = await readdir(this.#folder).catch(() => [])
    for (const file of files) if (!kept.has(file)) await rm(join(this.#folder, file), { force: true })
  }

  async save(): Promise<void> {
    this.#saving = this.#saving.then(async () => {
      for (const code of this.#running.keys()) {
        await this.#save(code).catch((error: unknown) => this.#log.warn('broker.not_saved', { code, error }))
      }
    })
    await this.#saving
  }

  async #start({ code, settings, config }: Wanted): Promise<void> {
    const broker = await EmbeddedBroker.start({ config, log: this.#log, saved: await this.#recall(code) })
    this.#running.set(code, { settings, broker })
    this.#told.delete(code)
    this.#log.info('broker.listening', { code, port: broker.state.port, openToNetwork: config.openToNetwork })
  }

  async #stop(code: string): Promise<void> {
    await this.#save(code).catch((error: unknown) => this.#log.warn('broker.not_saved', { code, error }))
    const running = this.#running.get(code)
    this.#running.delete(code)
    await running?.broker[Symbol.asyncDispose]()
    this.#log.info('broker.stopped', { code })
  }

  async #save(code: string): Promise<void> {
    const state = await this.#running.get(code)?.broker.save()
    if (state === undefined) return
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const draft = `${this.#fileOf(code)}.new`
    await writeFile(draft, JSON.stringify(state), { mode: 0o600 })
    await rename(draft, this.#fileOf(code))
  }

  async #recall(code: string): Promise<SavedState | undefined> {
    try {
      // written by ourselves
      return JSON.parse(await readFile(this.#fileOf(code), 'utf8')) as SavedState
    } catch {
      return undefined
    }
  }

  #fileOf(code: string): string {
    return join(this.#folder, `${encodeURIComponent(code)}.json`)
  }
}
