import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { acknowledge } from '#alarm/commands.ts'
import { systemClock } from '#host/clock.ts'
import { openKey } from '#host/secrets.ts'
import { AlarmPlant, until } from '../support/alarm-plant.ts'
import { testDatabase } from '../support/database.ts'
import { ANA, FakeTelegram, RUI } from '../support/fake-telegram.ts'
import { KilledProcess } from '../support/killed-process.ts'
import { NotifySite } from '../support/notify-site.ts'
import { raiseAlarm } from '../support/raise-alarm.ts'

/** Where notify dies: with a lease and nothing sent, sent and unanswered, answered and unrecorded, the same for the note, or nowhere. */
const NOTIFY_POINTS = [
  { step: 'before', mark: '🔴' },
  { step: 'accepted', mark: '🔴' },
  { step: 'answered', mark: '🔴' },
  { step: 'before', mark: '☑️' },
  { step: 'accepted', mark: '☑️' },
  { step: 'answered', mark: '☑️' },
  undefined,
] as const
/** Where inbound dies: with an answer fetched and not stored, stored, before and after its own words left, or nowhere. */
const INBOUND_POINTS = ['fetched', 'stored', 'before', 'accepted', undefined] as const

/** Whoever asked is dead: nothing more of it is heard. */
const NEVER = Promise.withResolvers<void>().promise

const ROUNDS = Number(process.env['SYNCTIDE_TEST_KILL_ROUNDS'] ?? 7)

test(`${ROUNDS} rounds of kill -9 of notify and inbound between claim, send and record: nothing lost, doubled only where they died`, async (t) => {
  await using database = await testDatabase()
  const { db, url } = database
  const folder = mkdtempSync(join(tmpdir(), 'synctide-killed-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  await using telegram = await FakeTelegram.start(ANA, RUI)
  const site = await NotifySite.make(db, openKey(folder))
  await site.telegram(telegram)
  await site.contact('Ana', [ANA.id])
  await site.contact('Rui', [RUI.id])
  const { deviceId } = await AlarmPlant.make(db)
  const environment = { SYNCTIDE_DATABASE_URL: url, SYNCTIDE_DATA: folder }
  await using notify = new KilledProcess('src/main/notify.ts', environment)
  await using inbound = new KilledProcess('src/main/inbound.ts', environment)
  const count = (mark: string, number: number, chat?: number): number =>
    telegram.messages.filter((one) => one.text.startsWith(mark) && one.text.includes(`#${number} `) && (chat ?? one.chat) === one.chat)
      .length
  const settled = new Map<number, number>()
  const doubled = { pages: 0, notes: 0 }

  for (let round = 0; round < ROUNDS; round++) {
    const point = NOTIFY_POINTS[round % NOTIFY_POINTS.length]
    const inboundPoint = INBOUND_POINTS[round % INBOUND_POINTS.length]
    const what = `round ${round}, notify ${point === undefined ? 'lives' : `${point.step} ${point.mark}`}, inbound ${inboundPoint ?? 'lives'}`
    const died = Promise.withResolvers<void>()
    let dead = false
    let diedAt: unknown
    telegram.at = (step, method, text, chat) => {
      if (method !== 'sendMessage' || dead || point === undefined || step !== point.step || !text.startsWith(point.mark)) return undefined
      notify.kill()
      diedAt ??= chat
      died.resolve()
      // whoever else is at this point stays there too: what was under way when it died never arrives
      return step === 'answered' ? undefined : NEVER
    }
    const { id, number } = await raiseAlarm(db, deviceId)
    const reborn = async (): Promise<void> => {
      await inTime(died.promise, `notify comes so far (${what})`)
      dead = true
      await notify.replace()
    }
    if (point?.mark === '🔴') await reborn()
    await until(
      async () =>
        (await db.query(`select from messaging_history where alarm_event_id = $1 and kind = 'alarm' and state = 'handed'`, [id])).length ===
        2,
      `both are told (${what})`,
      60_000,
    )
    for (const chat of [ANA.id, RUI.id]) {
      const pages = count('🔴', number, chat)
      assert.ok(pages >= 1, `a page is lost (${what})`)
      // the other message may have been under way, and heard, when this one had not even arrived
      const once = point?.mark !== '🔴' || (point.step === 'before' && chat === diedAt)
      assert.ok(pages <= (once ? 1 : 2), `${pages} pages (${what})`)
      doubled.pages += pages - 1
    }

    const words = dieAnswering(inbound, inboundPoint, telegram, number)
    telegram.say(ANA, `ok ${number}`)
    if (inboundPoint === 'stored') {
      await until(async () => (await db.query(`select from inbound_messages`)).length > round, `it is stored (${what})`)
      inbound.kill()
    }
    if (inboundPoint !== undefined) {
      if (inboundPoint !== 'stored') await inTime(words.died, `inbound comes so far (${what})`)
      await inbound.replace()
    }
    if (point?.mark === '☑️') await reborn()
    await until(
      async () => (await db.query(`select from alarm_events where id = $1 and acknowledged_by = 'Telegram: Ana S.'`, [id])).length === 1,
      `the answer acknowledges (${what})`,
      60_000,
    )
    settled.set(number, count('🔴', number))
    await until(
      async () =>
        (await db.query(`select from messaging_history where alarm_event_id = $1 and kind = 'acknowledged' and state = 'handed'`, [id]))
          .length === 1,
      `Rui learns by whom (${what})`,
      60_000,
    )
    const notes = count('☑️', number, RUI.id)
    assert.ok(notes >= 1 && notes <= (point?.mark === '☑️' && point.step !== 'before' ? 2 : 1), `${notes} notes (${what})`)
    doubled.notes += notes - 1
    telegram.at = undefined
  }

  const heard = await db.query<{ outcome: string | null }>('select outcome from inbound_messages')
  assert.equal(heard.length, ROUNDS, 'every answer is kept once')
  assert.ok(heard.every((one) => one.outcome === 'acknowledged'))
  for (const [number, pages] of settled) assert.equal(count('🔴', number), pages, `a page of #${number} after its acknowledgement`)
  t.diagnostic(`${ROUNDS} rounds: none lost, ${doubled.pages} pages and ${doubled.notes} notes doubled, all where a process died`)
})

test('killed while an acknowledgement waits for its page: the page never arrives', async (t) => {
  await using database = await testDatabase()
  const { db, url } = database
  const folder = mkdtempSync(join(tmpdir(), 'synctide-killed-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  await using telegram = await FakeTelegram.start(ANA)
  const site = await NotifySite.make(db, openKey(folder))
  await site.telegram(telegram)
  await site.contact('Ana', [ANA.id])
  const { deviceId } = await AlarmPlant.make(db)
  await using notify = new KilledProcess('src/main/notify.ts', { SYNCTIDE_DATABASE_URL: url, SYNCTIDE_DATA: folder })
  const held = Promise.withResolvers<void>()
  telegram.at = (step, method) => {
    if (step !== 'before' || method !== 'sendMessage') return undefined
    held.resolve()
    return NEVER
  }
  const { id } = await raiseAlarm(db, deviceId)
  await held.promise
  const selection = { eventIds: [id] }
  const acknowledging = acknowledge(db, {
    selection,
    attribution: { by: 'platform', user: 'Joana' },
    comment: null,
    at: systemClock.now(),
    scope: 'all',
  })
  await until(async () => (await db.query('select from pg_locks where not granted')).length > 0, 'the acknowledgement waits')
  notify.kill()
  assert.equal((await acknowledging)[0]?.result, 'acknowledged')
  await notify.replace()
  telegram.at = undefined
  // the next alarm proves that the new process has looked at everything before it
  const next = await raiseAlarm(db, deviceId)
  await until(() => telegram.messages.some((one) => one.text.includes(`#${next.number} `)), 'the next alarm is told')
  assert.equal(telegram.messages.length, 1)
  assert.deepEqual((await site.messages())[0]?.state, 'cancelled')
})

/** What should happen does not leave the test waiting for ever. */
async function inTime(work: Promise<void>, what: string): Promise<void> {
  let done = false
  void work.then(() => (done = true))
  await until(() => done, what)
}

/** Lets inbound die at one point of hearing an answer and saying something back. */
function dieAnswering(
  inbound: KilledProcess,
  point: (typeof INBOUND_POINTS)[number],
  telegram: FakeTelegram,
  number: number,
): { readonly died: Promise<void> } {
  const died = Promise.withResolvers<void>()
  const others = telegram.at
  let dead = false
  telegram.at = (step, method, text) => {
    const fetched = point === 'fetched' && method === 'getUpdates'
    const answering = step === point && method === 'sendMessage' && text.startsWith('✅') && text.includes(`#${number} `)
    if (dead || !(fetched || answering)) return others?.(step, method, text)
    dead = true
    inbound.kill()
    died.resolve()
    return answering ? NEVER : undefined
  }
  return { died: died.promise }
}
