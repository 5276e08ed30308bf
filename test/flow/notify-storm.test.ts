import assert from 'node:assert/strict'
import { test } from 'node:test'
import { saveTemplates } from '#plant/people.ts'
import type { Database } from '#store/database.ts'
import { AlarmPlant, startEngine, until } from '../support/alarm-plant.ts'
import { testDatabase } from '../support/database.ts'
import { ANA, type ChatMessage, FakeTelegram, type Person, RUI } from '../support/fake-telegram.ts'
import { NotifySite } from '../support/notify-site.ts'

/** The flood that the alarms make is an alarm of its own, told with them or later. */
const OF_RULES = `alarm_event_id in (select id from alarm_events where kind <> 'system')`

/** How many messages of a kind have arrived. */
const told = async (db: Database, kind: string): Promise<number> =>
  (await db.query(`select from messaging_history where kind = $1 and state = 'handed' and ${OF_RULES}`, [kind])).length

/** What gathers leaves now. */
async function windowEnds(db: Database): Promise<void> {
  await db.query(`update messaging_history set next_at = now() where bundled and state = 'queued'`)
  await db.query(`select pg_notify('outbox', '')`)
}

test('many at once: the first ten leave at once, the rest in one message that a bare ok acknowledges', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  await site.contact('Ana', [ANA.id])
  const plant = await AlarmPlant.make(t.db, { tags: 16 })
  for (let index = 0; index < 16; index++) await plant.rule({ tagId: plant.tag(index), name: `Level ${index}` })
  await using _engine = startEngine(t.db)
  await using _notify = site.notify()
  await using _inbound = site.inbound()
  await plant.deliver(Array.from({ length: 16 }, () => 90))
  await until(() => telegram.messages.length === 10, 'ten are told')
  await until(async () => (await site.messages()).length >= 16, 'the rest waits')
  await t.db.query(`update messaging_history set next_at = now() where bundled`)
  await t.db.query(`select pg_notify('outbox', '')`)
  await until(() => telegram.messages.length === 11, 'one message tells of the rest')
  assert.match(telegram.messages[10]?.text ?? '', /^[67] new alarms, 6 critical\n🔴 #\d+ Level \d+ \(PS-01\)/)
  await until(async () => (await told(t.db, 'alarm')) === 16, 'all are on record')
  telegram.say(ANA, 'ok', { replyTo: telegram.messages[10]?.id ?? 0 })
  await until(async () => (await t.db.query(`select from inbound_messages where outcome is not null`)).length === 1, 'it is read')
  const [heard] = await t.db.query<{ outcome: string; events: number }>(
    `select outcome, jsonb_array_length(detail -> 'eventIds') as events from inbound_messages`,
  )
  // the flood itself is an alarm, too
  assert.deepEqual([heard?.outcome, [6, 7].includes(heard?.events ?? 0)], ['acknowledged', true])
  await until(
    async () => (await plant.alarms()).filter((one) => one.acknowledgedAt !== null && one.kind !== 'system').length === 6,
    'all that it lists are acknowledged',
  )
})

test('a storm of the site: one message at once and one for all the rest; one answer takes charge of all, and the others learn it in one', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA, RUI)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  await site.contact('Ana', [ANA.id], { language: 'pt' })
  await site.contact('Rui', [RUI.id])
  const text = 'Vaga: {count}, {critical} críticos\nComeçou com {first}\n{list}\n\n{answer}'
  await saveTemplates(t.db, [{ kind: 'storm', style: 'full', language: 'pt', text }])
  // the flood is an alarm of its own, told with the others or after them
  const heard = (person: Person): readonly ChatMessage[] =>
    telegram.in(person.id).filter((one) => !/^.*#\d+ (Many alarms at once|Muitos alarmes de uma vez)/.test(one.text))
  const plant = await AlarmPlant.make(t.db, { tags: 60 })
  for (let index = 0; index < 60; index++) await plant.rule({ tagId: plant.tag(index), name: `Level ${index}` })
  await using _engine = startEngine(t.db)
  await using _notify = site.notify()
  await using _inbound = site.inbound()
  await plant.deliver(Array.from({ length: 60 }, () => 90))
  await until(async () => (await t.db.query(`select from messaging_history where ${OF_RULES}`)).length === 120, 'everything is planned')
  await until(() => heard(RUI).length === 1 && heard(ANA).length === 1, 'the first is told at once')
  await windowEnds(t.db)
  await until(() => heard(RUI).length === 2 && heard(ANA).length === 2, 'one message tells of the rest')
  const digest = heard(RUI)[1]?.text ?? ''
  assert.match(
    digest,
    /^Storm of alarms: \d\d new ones, 59 critical\nFirst: #\d+ Level \d+ \(PS-01\) [^]*\nand \d+ more, in the alarm console\n\nAnswer: all /,
  )
  assert.ok(digest.length <= 900, `${digest.length} letters`)
  const own = heard(ANA)[1]?.text ?? ''
  assert.match(
    own,
    /^Vaga: \d\d, 59 críticos\nComeçou com #\d+ Level \d+ \(PS-01\) [^]*\ne mais \d+, na consola de alarmes\n\nResponda: todos, /,
  )
  assert.ok(own.length <= 900, `${own.length} letters`)
  await until(async () => (await told(t.db, 'alarm')) === 120, 'all are on record')

  telegram.say(ANA, 'todos')
  await until(
    async () => (await plant.alarms()).every((one) => one.kind === 'system' || one.acknowledgedBy === 'Telegram: Ana S.'),
    'she has taken charge of all',
  )
  const said = (): string | undefined => heard(ANA).find((one) => one.text.startsWith('✅'))?.text
  await until(() => said() !== undefined, 'she is answered')
  const answer = said() ?? ''
  assert.match(answer, /^✅ Reconhecido: [^]*\ne mais \d+, na consola de alarmes$/)
  assert.ok(answer.length < 1000)
  await until(async () => (await told(t.db, 'acknowledged')) === 60, 'Rui is told of all of them')
  const notes = heard(RUI).filter((one) => one.text.startsWith('☑️'))
  assert.ok(notes.length <= 2, `${notes.length} notes`)
  assert.match(notes.at(-1)?.text ?? '', /^☑️ Acknowledged: \d+ alarms\nTelegram: Ana S\.\n/)

  await plant.deliver(Array.from({ length: 60 }, () => 10))
  await until(async () => (await t.db.query(`select from outbox where done_at is null`)).length === 0, 'every intent is worked on')
  await until(async () => (await told(t.db, 'cleared')) === 120, 'both learn that all is normal again')
  assert.ok(
    heard(RUI).length <= 7,
    telegram
      .in(RUI.id)
      .map((one) => one.text.split('\n')[0])
      .join('\n'),
  )
})

test('what the cooldown of a rule kept back is counted in the next message', async () => {
  await using t = await testDatabase()
  await using telegram = await FakeTelegram.start(ANA)
  const site = await NotifySite.make(t.db)
  await site.telegram(telegram)
  await site.contact('Ana', [ANA.id])
  const plant = await AlarmPlant.make(t.db)
  await plant.rule({ cooldownMinutes: 30 })
  await using _engine = startEngine(t.db)
  await using _notify = site.notify()
  const pages = (): readonly string[] => telegram.messages.map((one) => one.text).filter((text) => text.startsWith('🔴'))
  await plant.deliver([90])
  await until(() => pages().length === 1, 'the first is told')
  assert.doesNotMatch(pages()[0] ?? '', /times/)
  // slowly enough not to chatter
  for (const value of [10, 90, 10, 90, 10]) await plant.deliver([value], { seconds: 90 })
  await until(async () => (await plant.alarms()).filter((one) => one.clearedAt !== null).length === 3, 'it came and went twice more')
  await until(async () => (await t.db.query(`select from outbox where done_at is null`)).length === 0, 'nobody is told')
  assert.equal(pages().length, 1)
  // the cooldown is over
  await t.db.query(`update messaging_history set handed_at = handed_at - interval '1 hour'`)
  await plant.deliver([90], { seconds: 90 })
  await until(() => pages().length === 2, 'the next is told')
  assert.match(pages()[1] ?? '', /\nRaised 3 times since \d\d\/\d\d \d\d:\d\d\n/)
})
