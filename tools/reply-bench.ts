import { acknowledgeByLink, readAcknowledgeLink } from '#notify/acknowledge-link.ts'
import { onReply } from '#notify/inbound.ts'
import { createToken } from '#notify/token.ts'
import { saveAcknowledgeToken } from '#store/acknowledge-tokens.ts'
import type { Database, Queryable } from '#store/database.ts'
import { finishInbound, keepInbound, takeInbound } from '#store/inbound.ts'
import { sqlTime } from '#store/time.ts'
import { type TestDatabase, testDatabase } from '../test/support/database.ts'
import { asSent, CASE_CHANNELS, type CaseInput } from './reply-as-sent.ts'

export interface ReplyCase {
  readonly id: string
  readonly group?: string
  readonly channel: string
  readonly open: string
  readonly language?: string
  readonly input: CaseInput
  readonly expect: { readonly ack?: boolean; readonly alarms: readonly number[]; readonly reply?: string }
  readonly strict: boolean
  readonly why?: string
}

interface CaseAlarm {
  readonly id: number
  readonly message: string
  readonly sentSecAgo: number
  readonly ackedBy?: string
  readonly sentTo?: string
  readonly cleared?: boolean
}

export interface CaseFile {
  readonly sets: Readonly<Record<string, { readonly alarms: readonly CaseAlarm[] }>>
  readonly cases: readonly ReplyCase[]
}

export interface Outcome {
  readonly acknowledged: readonly number[]
  /** The class of the answer, as cases name it. */
  readonly reply: string
  /** undefined when everything is as the case wants it. */
  readonly difference: string | undefined
}

/** What became of an inbound message, as cases name it. */
const CLASSES: Readonly<Record<string, string>> = {
  acknowledged: 'confirm',
  asked: 'ask',
  declined: 'decline',
  ignored: 'none',
  unread: 'none',
  not_kept: 'none',
}
const CONTACT = '+351912345678'
const TELEGRAM_CHAT = '351912345'
const SECOND = 1_000_000

type Site = Awaited<ReturnType<typeof addPeople>>

/** Undoes what a case did. */
class Undo extends Error {}

/** A database with a contact who was told of alarms, and the product's own reading of what comes in. */
export class ReplyBench implements AsyncDisposable {
  readonly #test: TestDatabase
  readonly #site: Site

  private constructor(test: TestDatabase, site: Site) {
    this.#test = test
    this.#site = site
  }

  static async start(): Promise<ReplyBench> {
    const test = await testDatabase()
    return new ReplyBench(test, await addPeople(test.db))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#test[Symbol.asyncDispose]()
  }

  /** Says one reply to a site on which the alarms of its set are told. Nothing of it stays. */
  async say(one: ReplyCase, sets: CaseFile['sets']): Promise<Outcome> {
    const alarms = sets[one.open]?.alarms ?? []
    const { acknowledged, reply } = one.input.kind === 'link' ? await this.#press(one, alarms) : await this.#read(one, alarms)
    const wanted = one.expect.alarms.toSorted((a, b) => a - b)
    const good = acknowledged.join() === wanted.join() || (!one.strict && acknowledged.length === 0)
    const told = `${one.id} ${JSON.stringify(one.input)}: acknowledged [${acknowledged.join(', ')}] instead of [${wanted.join(', ')}] (${reply})`
    return { acknowledged, reply, difference: good ? undefined : told }
  }

  /** Kept raw, taken, parsed, read and acted upon, as `inbound` does it, in a transaction that is undone. */
  async #read(one: ReplyCase, alarms: readonly CaseAlarm[]): Promise<Pick<Outcome, 'acknowledged' | 'reply'>> {
    let outcome: Pick<Outcome, 'acknowledged' | 'reply'> = { acknowledged: [], reply: 'none' }
    const kind = CASE_CHANNELS[one.channel]
    if (kind === undefined) throw new Error(`${one.id}: there is no channel ${one.channel}.`)
    const work = this.#test.db.transaction(async (tx) => {
      // whole seconds: that is what providers tell
      const now = Math.floor(Date.now() / 1000) * SECOND
      await tellAlarms(tx, one, alarms, now, this.#site)
      const { channel } = kind.channel
      const sender = one.input['known'] === false ? '+351900000000' : (one.input.from ?? CONTACT).replace(/[\s.-]/g, '')
      const chat = one.input.chat ?? (sender === CONTACT ? chatOf(one.channel) : one.channel === 'telegram' ? '777' : sender)
      const at = Math.floor(now / SECOND) + (one.input.at ?? 0)
      const raw = asSent(one.channel, { input: one.input, chat, at, messageId })
      await keepInbound(tx, channel, [{ id: 'one', raw }], now)
      if (one.input.kind === 'redelivered') {
        // the first delivery was read long ago; the second is not even kept
        const first = await takeInbound(tx, channel)
        if (first !== undefined) await finishInbound(tx, first.id, 'not_kept')
        await keepInbound(tx, channel, [{ id: 'one', raw }], now)
      }
      await onReply(tx, { kind: kind.channel, settings: kind.settings, usable: { channels: new Set(), failing: new Set() } }, now)
      const [heard] = await tx.query<{ outcome: string }>('select outcome from inbound_messages')
      const what = heard?.outcome ?? 'none'
      outcome = { acknowledged: await newlyAcknowledged(tx, alarms), reply: CLASSES[what] ?? what }
      throw new Undo()
    })
    await work.catch((error: unknown) => {
      if (!(error instanceof Undo)) throw error
    })
    return outcome
  }

  /** A link: whoever opens it sees a page, whoever presses its button acknowledges. */
  async #press(one: ReplyCase, alarms: readonly CaseAlarm[]): Promise<Pick<Outcome, 'acknowledged' | 'reply'>> {
    const { db } = this.#test
    const now = Date.now() * 1000
    const { input } = one
    await db.transaction((tx) => tellAlarms(tx, one, alarms, now, this.#site))
    try {
      const { token, hash } = createToken()
      const age = input.expired === true ? 73 : Number(input['ageHours'] ?? 0)
      const expiresAt = now + (72 - age) * 3600 * SECOND
      const alarmEventId = alarms[0]?.id ?? 0
      if (alarms.length > 0) await saveAcknowledgeToken(db, hash, { alarmEventId, contactId: this.#site.ana, expiresAt })
      const known = /^(valid|ok|t\d*|)$/.test(input.token ?? '') ? token : 'unknown'
      const reply = await follow(db, input.method ?? 'GET', known, now)
      return { acknowledged: await newlyAcknowledged(db, alarms), reply }
    } finally {
      await db.query('truncate alarm_events, outbox cascade')
    }
  }
}

async function follow(db: Database, method: string, token: string, now: number): Promise<string> {
  try {
    if (method !== 'POST') {
      await readAcknowledgeLink(db, token, now)
      return 'none'
    }
    const { result } = await acknowledgeByLink(db, token, now)
    return result === 'acknowledged' ? 'confirm' : result
  } catch {
    return 'unknown'
  }
}

/** Two people who stay for all cases: the one who answers, and somebody else. */
async function addPeople(db: Queryable): Promise<{ readonly device: number; readonly ana: number; readonly others: number }> {
  const [device] = await db.query<{ id: number }>(
    `insert into devices (code, name, area, protocol, connection) values ('P101', 'Pump', '', 'modbus', '{}') returning id`,
  )
  const people = await db.query<{ id: number }>(`insert into contacts (name) values ('Ana'), ('Others') returning id`)
  const [ana = 0, others = 0] = people.map((person) => person.id)
  const places = Object.entries(CASE_CHANNELS).flatMap(([name, { channel }]) => [
    { contact: ana, channel: channel.channel, address: chatOf(name) },
    { contact: others, channel: channel.channel, address: 'others' },
  ])
  await db.query(
    `insert into contact_addresses (contact_id, position, channel, address)
     select contact, row_number() over (partition by contact), channel, address from jsonb_to_recordset($1::jsonb) as x(contact int, channel text, address text)`,
    [JSON.stringify(places)],
  )
  return { device: device?.id ?? 0, ana, others }
}

/** What was told to whom; alarms of others stand open beside them. */
async function tellAlarms(tx: Queryable, one: ReplyCase, alarms: readonly CaseAlarm[], now: number, site: Site): Promise<void> {
  const { channel } = CASE_CHANNELS[one.channel]?.channel ?? { channel: one.channel }
  const { device, ana, others } = site
  await tx.query(`update contacts set language = $2 where id = $1`, [ana, one.language ?? 'pt'])
  if (one.input.chat !== undefined)
    await tx.query('insert into contact_addresses (contact_id, position, channel, address) values ($1, 9, $2, $3)', [
      ana,
      channel,
      one.input.chat,
    ])
  const elsewhere = [120, 130].filter((id) => !alarms.some((alarm) => alarm.id === id))
  const rows = [
    ...alarms.map((alarm) => ({ ...alarm, contact: ana, chat: alarm.sentTo ?? chatOf(one.channel) })),
    ...elsewhere.map((id) => ({ id, message: `m${id}`, sentSecAgo: 120, contact: others, chat: 'others' })),
  ].map((alarm) => ({
    ackedBy: null,
    cleared: false,
    ...alarm,
    message: messageId(alarm.message),
    at: sqlTime(now - alarm.sentSecAgo * SECOND),
  }))
  await tx.query(
    `with input as (select * from jsonb_to_recordset($1::jsonb) as x(id int, message text, at timestamptz, contact int, chat text, "ackedBy" text, cleared boolean)),
       made as (
         insert into alarm_events (id, display_number, rule_version, kind, device_id, device_code, name, severity, raised_at, cleared_at, acknowledged_at, acknowledged_by)
         overriding system value select id, id, 1, 'threshold', $2, 'P101', 'HiHi', 'critical', at, case when cleared then $3::timestamptz end,
           case when "ackedBy" is not null then $3::timestamptz end, "ackedBy" from input returning id)
     insert into message_targets (channel, chat, provider_message_id, alarm_event_id, contact_id, sent_at)
     select $4, chat, message, id, contact, at from input`,
    [JSON.stringify(rows), device, sqlTime(now), channel],
  )
}

async function newlyAcknowledged(db: Queryable, alarms: readonly CaseAlarm[]): Promise<number[]> {
  const before = alarms.filter((one) => one.ackedBy !== undefined).map((one) => one.id)
  const rows = await db.query<{ id: number }>(
    'select id from alarm_events where acknowledged_at is not null and not id = any($1::bigint[]) order by id',
    [before],
  )
  return rows.map((row) => row.id)
}

function chatOf(channel: string): string {
  return channel === 'telegram' ? TELEGRAM_CHAT : CONTACT
}

/** `m123` is the message 123, and other names have a number of their own, as Telegram wants it. */
function messageId(name: string): string {
  return name.replace(/\D/g, '') === '' ? String(500_000 + (name.codePointAt(1) ?? 0)) : name.replace(/\D/g, '')
}
