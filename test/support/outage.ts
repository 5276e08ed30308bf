import type { Clock } from '#base/time.ts'
import { systemClock } from '#host/clock.ts'
import type { Database } from '#store/database.ts'
import { until } from './alarm-plant.ts'
import type { FakeTelegram } from './fake-telegram.ts'
import type { NotifySite } from './notify-site.ts'
import { raiseAlarm } from './raise-alarm.ts'

/** The clock of the machine, moved on by a test. */
export class ShiftedClock implements Clock {
  #seconds = 0
  now(): number {
    return systemClock.now() + this.#seconds * 1_000_000
  }
  mono(): number {
    return systemClock.mono() + this.#seconds * 1000
  }
  /** Seconds that it was moved on. */
  get shifted(): number {
    return this.#seconds
  }
  advance(seconds: number): void {
    this.#seconds += seconds
  }
}

export interface OutageResult {
  /** Seconds from the return of the provider until the last message had left. */
  readonly seconds: number
  readonly messages: readonly { readonly text: string; readonly chat: number }[]
}

/**
 * An hour in which nobody reaches the provider, by a clock that is moved on; alarms come all through it. Then it is back, and the clock
 * goes on until everything has left.
 */
export async function hourWithout(
  telegram: FakeTelegram,
  site: NotifySite,
  { deviceId, clock, alarms, how = 'refused' }: { deviceId: number; clock: ShiftedClock; alarms: number; how?: 'refused' | 'hanging' },
): Promise<OutageResult> {
  const { db } = site
  const severities = ['info', 'warning', 'critical'] as const
  telegram.down = how
  const before = telegram.messages.length
  for (let index = 0; index < alarms; index++) {
    const { id } = await raiseAlarm(db, deviceId, severities[index % severities.length])
    // by the clock of this test it is raised now
    await db.query('update alarm_events set raised_at = $2, committed_at = $2 where id = $1', [
      id,
      new Date(clock.now() / 1000).toISOString(),
    ])
    await until(async () => (await db.query('select from messaging_history where alarm_event_id = $1', [id])).length > 0, 'it is planned')
    // shorter than a lease: nobody is thought dead
    for (let left = 3600 / alarms; left > 0; left -= 20) {
      clock.advance(Math.min(20, left))
      await lookNow(db, clock)
    }
  }
  telegram.down = undefined
  const back = clock.shifted
  const waiting = async (): Promise<boolean> =>
    (await db.query(`select from messaging_history where kind = 'alarm' and state in ('queued', 'leased', 'unknown')`)).length > 0
  while ((await waiting()) && clock.shifted - back < 1800) {
    clock.advance(5)
    await lookNow(db, clock)
  }
  return { seconds: clock.shifted - back, messages: telegram.messages.slice(before) }
}

/** The engine looks at once and does what is due by its clock; what it cannot do yet is not waited for long. */
export async function lookNow(db: Database, clock: Clock): Promise<void> {
  const deadline = performance.now() + 2000
  const isDue = async (): Promise<boolean> =>
    (
      await db.query(
        `select where exists (select from outbox where done_at is null)
           or exists (select from messaging_history where state = 'leased' or (state in ('queued', 'unknown') and next_at <= $1))`,
        [new Date(clock.now() / 1000).toISOString()],
      )
    ).length > 0
  await db.query(`select pg_notify('outbox', '')`)
  while ((await isDue()) && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5))
}
