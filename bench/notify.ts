// From a raised alarm to the gateway, from an answer to the acknowledgement and to everybody being told, a storm, and an hour without the
// provider by a clock that is moved on: node bench/notify.ts [--alarms 200] [--storm 500] [--seconds 10] [--outage 120]
// The real engine and reader, against a server on loopback that answers as Telegram does. Alarms enter as the alarm engine commits them.
import { setTimeout as delay } from 'node:timers/promises'
import { testDatabase } from '../test/support/database.ts'
import { AlarmPlant, until } from '../test/support/alarm-plant.ts'
import { FakeTelegram, type Person } from '../test/support/fake-telegram.ts'
import { NotifySite } from '../test/support/notify-site.ts'
import { hourWithout, ShiftedClock } from '../test/support/outage.ts'
import { raiseAlarm } from '../test/support/raise-alarm.ts'
import { machine, option, quantile } from './machine.ts'

const alarms = option('alarms', 200)
const storm = option('storm', 500)
const seconds = option('seconds', 10)
const outage = option('outage', 120)
const PEOPLE = 4

console.log(machine())
await using t = await testDatabase()
const { db } = t
const people = Array.from({ length: PEOPLE }, (_, index): Person => ({ id: 90_000 + index, first_name: `P${index}` }))
await using telegram = await FakeTelegram.start(...people)
const site = await NotifySite.make(db)
await site.telegram(telegram)
for (const person of people) await site.contact(person.first_name, [person.id])
const plant = await AlarmPlant.make(db)

const millis = (figures: readonly number[]): string =>
  `p50 ${quantile(figures, 0.5).toFixed(0)} ms, p95 ${quantile(figures, 0.95).toFixed(0)} ms, max ${Math.max(...figures).toFixed(0)} ms`

{
  await using _notify = site.notify()
  await using _inbound = site.inbound()
  await raisedAndAnswered()
  await stormOfMany()
}
await hourOfOutage()

async function raisedAndAnswered(): Promise<void> {
  const told: number[] = []
  const answered: number[] = []
  const everybody: number[] = []
  for (let index = 0; index < alarms; index++) {
    const begin = performance.now()
    const { id, number } = await raiseAlarm(db, plant.deviceId)
    const pages = (): number => telegram.messages.filter((one) => one.text.includes(`#${number} `) && one.text.startsWith('🔴')).length
    await until(() => pages() === PEOPLE, 'all are told', 30_000)
    told.push(performance.now() - begin)
    await until(
      async () => (await db.query(`select from messaging_history where alarm_event_id = $1 and state = 'handed'`, [id])).length === PEOPLE,
      'receipts',
    )
    const person = people[index % PEOPLE]
    if (person === undefined) break
    const reply = performance.now()
    telegram.say(person, `ok ${number}`)
    await until(
      async () => (await db.query('select from alarm_events where id = $1 and acknowledged_at is not null', [id])).length === 1,
      'acknowledged',
    )
    answered.push(performance.now() - reply)
    const notes = (): number => telegram.messages.filter((one) => one.text.startsWith('☑️') && one.text.includes(`#${number} `)).length
    await until(() => notes() === PEOPLE - 1, 'the others are told', 30_000)
    everybody.push(performance.now() - reply)
    // nobody is in a storm
    await db.query(`update messaging_history set created_at = created_at - interval '1 hour'`)
  }
  console.log(`raised -> handed to all ${PEOPLE} people: ${millis(told)} (${alarms} alarms)`)
  console.log(`answer -> acknowledged: ${millis(answered)}; everybody told: ${millis(everybody)}`)
  const [picked] = await db.query<{ p50: number; p95: number }>(
    `select percentile_cont(0.5) within group (order by extract(epoch from done_at - created_at) * 1000) as p50,
     percentile_cont(0.95) within group (order by extract(epoch from done_at - created_at) * 1000) as p95 from outbox where kind = 'raised'`,
  )
  console.log(`outbox pick-up: p50 ${Number(picked?.p50).toFixed(1)} ms, p95 ${Number(picked?.p95).toFixed(1)} ms`)
}

async function stormOfMany(): Promise<void> {
  const before = telegram.messages.length
  for (let index = 0; index < storm; index++) {
    await raiseAlarm(db, plant.deviceId)
    await delay((seconds * 1000) / storm)
  }
  await until(
    async () => (await db.query(`select from messaging_history where kind = 'alarm' and state in ('queued', 'leased')`)).length === 0,
    'the storm is told',
    300_000,
  )
  const messages = telegram.messages.slice(before)
  const each = people.map((person) => messages.filter((one) => one.chat === person.id).length)
  const [lost] = await db.query<{ count: number }>(
    `select count(*) as count from messaging_history where kind = 'alarm' and state <> 'handed' and state <> 'cancelled'`,
  )
  console.log(`storm of ${storm} alarms in ${seconds} s: ${each.join(', ')} messages a person; not handed over: ${lost?.count ?? 0}`)
}

/** The engine starts anew with the clock of the test; nobody is in a storm. */
async function hourOfOutage(): Promise<void> {
  await db.query(`update messaging_history set created_at = created_at - interval '1 hour'`)
  const clock = new ShiftedClock()
  await using _notify = site.notify(undefined, clock)
  const { seconds, messages } = await hourWithout(telegram, site, { deviceId: plant.deviceId, clock, alarms: outage })
  const pages = messages.filter((one) => /^(🔵|🟠|🔴|\d)/u.test(one.text))
  const first = pages.findIndex((one) => one.text.startsWith('🔵'))
  const late = pages.filter((one) => one.text.includes('sent late')).length
  console.log(
    `an hour without the provider, ${outage} alarms to ${PEOPLE} people: ${pages.length} messages, all within ${seconds} s of its return, ` +
      `the first information after ${first === -1 ? pages.length : first} more urgent ones; ${late} say that they are late`,
  )
}
