import { randomBytes } from 'node:crypto'
import type { Clock } from '#base/time.ts'
import { systemClock } from '#host/clock.ts'
import { createLogger } from '#host/log.ts'
import { runNotify } from '#notify/engine.ts'
import { configureGateway } from '#notify/gateways.ts'
import { runInbound } from '#notify/run-inbound.ts'
import { saveContact, type ContactInput, type StoredContact } from '#store/contacts.ts'
import type { Database } from '#store/database.ts'
import { listMessages, type Message } from '#store/messaging.ts'
import { saveSettings } from '#store/settings.ts'
import { until } from './alarm-plant.ts'
import type { FakeTelegram } from './fake-telegram.ts'

export interface Running extends AsyncDisposable {
  /** Log lines of warnings and errors. */
  readonly lines: readonly string[]
}

/** Gateways, contacts and the two processes of messaging, against servers of a test. */
export class NotifySite {
  readonly db: Database
  readonly key: Uint8Array

  constructor(db: Database, key: Uint8Array) {
    this.db = db
    this.key = key
  }

  static async make(db: Database, key: Uint8Array = randomBytes(32)): Promise<NotifySite> {
    await saveSettings(db, { site: { name: 'Water works', timeZone: 'Europe/Lisbon', language: 'en', publicUrl: 'http://plant.local/' } })
    return new NotifySite(db, key)
  }

  async gateway(channel: string, settings: Record<string, unknown>, secrets: Record<string, string> = {}): Promise<void> {
    await configureGateway(this.db, this.key, channel, { enabled: true, settings, secrets })
  }

  async telegram(fake: FakeTelegram): Promise<void> {
    await configureGateway(this.db, this.key, 'telegram', {
      enabled: true,
      settings: { baseUrl: fake.url },
      secrets: { token: fake.token },
    })
  }

  async email(port: number): Promise<void> {
    await configureGateway(this.db, this.key, 'email', {
      enabled: true,
      settings: { host: '127.0.0.1', port, security: 'none', from: 'alarms@plant.test' },
      secrets: {},
    })
  }

  /** @param addresses telegram chats are numbers, the others are mail addresses */
  async contact(name: string, addresses: readonly (number | string)[], change: Partial<ContactInput> = {}): Promise<StoredContact> {
    return await saveContact(this.db, null, {
      name,
      language: 'en',
      enabled: true,
      minSeverity: 'info',
      deviceIds: null,
      categories: null,
      addresses: addresses.map((one) => ({ channel: typeof one === 'number' ? 'telegram' : 'email', address: String(one) })),
      ...change,
    })
  }

  /** @param clock of the engine, that of the machine unless told */
  notify(leaseMillis?: number, clock: Clock = systemClock): Running {
    return this.#run('notify', (context) => runNotify({ ...context, clock, ...(leaseMillis === undefined ? {} : { leaseMillis }) }))
  }

  inbound(): Running {
    return this.#run('inbound', runInbound)
  }

  /** Messaging history, oldest first. */
  async messages(): Promise<readonly Message[]> {
    return (await listMessages(this.db, 'all')).messages.toReversed()
  }

  /**
   * Moves what was told a minute back, as if its reader had taken the time to read. Waits until that many messages are on record: the
   * provider has a message before we have noted that it does.
   */
  async toldAMinuteAgo(count: number): Promise<void> {
    await until(async () => (await this.db.query('select from message_targets')).length >= count, `${count} messages are on record`)
    await this.db.query(`update message_targets set sent_at = sent_at - interval '1 minute'`)
  }

  #run(name: string, work: (context: Parameters<typeof runInbound>[0]) => Promise<void>): Running {
    const stop = new AbortController()
    const lines: string[] = []
    const log = createLogger(name, (line) => void lines.push(line), 'warn')
    const ended = work({ db: this.db, log, clock: systemClock, signal: stop.signal, key: this.key })
    return {
      lines,
      async [Symbol.asyncDispose]() {
        stop.abort()
        await ended
      },
    }
  }
}
