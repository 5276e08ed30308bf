import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { PollStreakRule } from '#domain/alarm.ts'
import type { AlarmCore } from './alarm-core.ts'
import { History, tagRule, type Told, type Word } from './alarm-history.ts'
import { eventsOf } from './alarm-meaning.ts'
import { BASES } from './alarm-rule-properties.ts'

/*
 * Silence, failed polls, clocks that are wrong or put right, and what comes late, against their meaning. Seconds here are ticks of two.
 */

const LAST = 30
const END = 2 * LAST
/** A source that says nothing for more than five seconds was away. */
const AWAY = 10

const base = fc.constantFrom(...BASES)
const second = fc.integer({ min: 0, max: LAST })
const restarts = fc.array(second, { maxLength: 2 })
const small = fc.integer({ min: -2, max: 2 })
const rarely = <T>(of: fc.Arbitrary<T>, often: number): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: often, arbitrary: of }, { weight: 6, arbitrary: fc.constant(undefined) })
const eachSecond = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(of, { minLength: LAST + 1, maxLength: LAST + 1 })
const happened = (history: History): string[] => history.happened.filter((one) => one.at <= END).map(({ kind, at }) => `${kind} ${at}`)

const edit = fc.option(
  fc.record({
    from: fc.integer({ min: 2, max: LAST - 2 }).map((at) => 2 * at + 1),
    to: fc.integer({ min: 1, max: 6 }),
    down: fc.boolean(),
  }),
)

/** It stands when the tag was not heard of for as long as the rule allows, the source being there all the while. */
const stale = (core: AlarmCore): fc.IRawProperty<unknown> =>
  fc.property(
    fc.record({
      limit: fc.integer({ min: 1, max: 6 }),
      words: eachSecond(rarely(fc.oneof(small, fc.constantFrom<Word>('bad', 'lost')), 3)),
      pauses: fc.array(fc.record({ from: second, for: fc.integer({ min: 1, max: 9 }) }), { maxLength: 2 }),
      edit,
      restarts,
      base,
    }),
    ({ limit, words, pauses, edit, restarts, base }) => {
      const delivered = [...Array(LAST + 1).keys(), LAST + 1]
        .filter((at) => at > LAST || !pauses.some((one) => at >= one.from && at < one.from + one.for))
        .map((at) => 2 * at)
      const next = (tick: number): number => delivered.find((at) => at > tick) ?? Number.POSITIVE_INFINITY
      const before = (tick: number): number => delivered.findLast((at) => at < tick) ?? Number.NEGATIVE_INFINITY
      // nobody looks while the source is away
      const changed =
        edit !== null && delivered.includes(edit.from - 1) && next(edit.from) - edit.from < AWAY && edit.to !== limit ? edit : null

      const history = new History(core, tagRule({ kind: 'stale', setpoint: limit }), base)
      for (let at = 0; at <= END + 2; at++) {
        if (changed?.from === at) history.edit(at, tagRule({ kind: 'stale', setpoint: changed.to }), changed.down)
        if (!delivered.includes(at)) continue
        const word = words[at / 2]
        history.deliver(at, word === undefined ? [] : [{ tagId: 1, stamp: at, word }])
        if (restarts.includes(at / 2)) history.restart()
      }

      const told = delivered.filter((at) => words[at / 2] !== undefined && words[at / 2] !== 'lost')
      const heardAt = (at: number): number => told.findLast((one) => one <= at) ?? Number.POSITIVE_INFINITY
      const upAt = (at: number): number => delivered.findLast((one) => one <= at && one - before(one) > AWAY) ?? Number.POSITIVE_INFINITY
      const seenAt = (at: number): boolean => next(at) - Math.max(...delivered.filter((one) => one <= at)) <= AWAY
      const limitAt = (at: number): number => 2 * (changed !== null && at >= changed.from ? changed.to : limit)
      const ticks = [...Array(END + 1).keys()]
      const heard = ticks.map(heardAt)
      const old = ticks.map((at) => seenAt(at) && at >= Math.max(heardAt(at), upAt(at)) + limitAt(at))
      const stands: boolean[] = []
      for (const now of ticks) {
        const from = changed !== null && now >= changed.from ? changed.from : 0
        const kept = from > 0 && stands[from - 1] === true && heard[from] === heard[now] && from >= heardAt(from) + limitAt(from)
        stands.push(kept || old.some((on, at) => on && at >= from && at <= now && heard[at] === heard[now]))
      }
      assert.deepEqual(happened(history), eventsOf(stands))
    },
  )

const streakRule = (count: number): PollStreakRule => {
  const names = { name: 'r', severity: 'warning', category: '', enabled: true, autoClose: false, cooldownMinutes: 0 } as const
  return { ...names, kind: 'poll_streak', id: 1, version: 1, deviceId: 1, count }
}

/** It stands from so many failures in a row to a success. */
const streak = (core: AlarmCore): fc.IRawProperty<unknown> =>
  fc.property(
    fc.record({
      count: fc.integer({ min: 1, max: 4 }),
      failures: eachSecond(rarely(fc.integer({ min: 0, max: 5 }), 6)),
      edit,
      restarts,
      base,
    }),
    ({ count, failures, edit, restarts, base }) => {
      const changed = edit !== null && edit.to !== count ? edit : null
      const history = new History(core, streakRule(count), base)
      for (let at = 0; at <= END; at++) {
        if (changed?.from === at) history.edit(at, streakRule(changed.to), changed.down)
        if (at % 2 === 1) continue
        history.deliver(at, [], failures[at / 2])
        if (restarts.includes(at / 2)) history.restart()
      }

      const last = (at: number): number | undefined => failures.findLast((one, index) => one !== undefined && 2 * index <= at)
      const countAt = (at: number): number => (changed !== null && at >= changed.from ? changed.to : count)
      const ended = (after: number, now: number): boolean =>
        failures.some((one, index) => one === 0 && 2 * index > after && 2 * index <= now)
      const stands: boolean[] = []
      for (let now = 0; now <= END; now++) {
        const from = changed !== null && now >= changed.from ? changed.from : 0
        const since = Array.from({ length: now - from + 1 }, (_, index) => from + index)
        const kept = from > 0 && stands[from - 1] === true && (last(from) ?? 0) >= countAt(from) && !ended(from, now)
        stands.push(kept || since.some((at) => (last(at) ?? 0) >= countAt(at) && !ended(at, now)))
      }
      assert.deepEqual(happened(history), eventsOf(stands))
    },
  )

/**
 * The clock of the host is put forward or back: every reading is judged all the same, and a delay lasts as long as that clock says since
 * it was at its lowest, so that no step back makes an alarm wait.
 */
const hostClock = (core: AlarmCore): fc.IRawProperty<unknown> =>
  fc.property(
    fc.record({
      delays: fc.record({ onDelaySeconds: fc.integer({ min: 0, max: 4 }), offDelaySeconds: fc.integer({ min: 0, max: 4 }) }),
      words: eachSecond(rarely(small, 4)),
      steps: fc.array(
        fc.record({
          at: second,
          by: fc.oneof(fc.integer({ min: -30, max: -3 }), fc.integer({ min: 1, max: 30 }), fc.constantFrom(-3600, 3600)),
        }),
        { maxLength: 2 },
      ),
      restarts,
      base,
    }),
    ({ delays, words, steps, restarts, base }) => {
      const clock = words.map((_, second) => second + steps.reduce((sum, step) => sum + (second >= step.at ? step.by : 0), 0))
      const rule = tagRule({ ...delays })
      const history = new History(core, rule, base)
      const found: string[] = []
      for (const [second, word] of words.entries()) {
        const at = 2 * (clock[second] ?? 0)
        const before = history.happened.length
        history.deliver(at, word === undefined ? [] : [{ tagId: 1, stamp: at, word }])
        found.push(...history.happened.slice(before).map(({ kind }) => `${kind} ${second}`))
        if (restarts.includes(second)) history.restart()
      }
      for (const [index, one] of history.happened.entries())
        assert.ok(one.at >= (history.happened[index - 1]?.at ?? -Infinity), 'no event is before another')

      /** Half a second before a reading is what the clock alone had done by then. */
      const over = (start: number, seconds: number, so: (value: number) => boolean): number | undefined => {
        for (let now = start; now < clock.length; now++) {
          const due = Math.min(...clock.slice(start, now + 1)) + seconds
          const [time, word] = [clock[now] ?? 0, words[now]]
          const breaks = word !== undefined && !so(word)
          if (time > due) return breaks ? 2 * now - 1 : 2 * now
          if (breaks) return undefined
          if (time === due && word !== undefined) return 2 * now
        }
        return undefined
      }
      const high = (value: number): boolean => value > 0
      const low = (value: number): boolean => value <= 0
      const starts = words.map((word, at) => (word !== undefined && high(word) ? over(at, rule.onDelaySeconds, high) : undefined))
      const ends = words.map((word, at) => (word !== undefined && low(word) ? over(at, rule.offDelaySeconds, low) : undefined))
      const by = (now: number) => (at: number | undefined) => at !== undefined && at <= now
      const stands = Array.from({ length: 2 * clock.length }, (_, now) => starts.findLastIndex(by(now)) > ends.findLastIndex(by(now)))
      const expected = eventsOf(stands).map((event) => event.replace(/\d+/, (at) => String(Math.ceil(Number(at) / 2))))
      assert.deepEqual(found, expected)
    },
  )

/** The clock of a device is wrong, or put right, or an hour off by summer time: three deliveries later nobody is blind for it. */
const deviceClock = (core: AlarmCore): fc.IRawProperty<unknown> =>
  fc.property(
    fc.record({
      offsets: fc.array(fc.constantFrom(0, -10, 30, 70, -3600, 3600, 3000, 7200), { minLength: 2, maxLength: 2 }),
      step: fc.integer({ min: 3, max: LAST - 4 }),
      words: eachSecond(rarely(small, 6)),
      base,
    }),
    ({ offsets, step, words, base }) => {
      const history = new History(core, tagRule({}), base)
      for (const [second, word] of words.entries()) {
        const stamp = 2 * (second + (offsets[second < step ? 0 : 1] ?? 0))
        // another tag of the device speaks each second
        const told: Told[] = [{ tagId: 2, stamp, word: second }]
        history.deliver(2 * second, word === undefined ? told : [...told, { tagId: 1, stamp, word }])
        if (second >= step && second < step + 2) continue
        const last = words.findLast((one, at) => one !== undefined && at <= second)
        assert.equal(history.happened.at(-1)?.kind === 'raise', (last ?? 0) > 0, `at ${second}`)
      }
      for (const { at } of history.happened) assert.ok(at <= END + 120, 'no event lies in the future')
      const back = (offsets[1] ?? 0) < (offsets[0] ?? 0)
      if (!back) assert.deepEqual(history.notices, [], 'put forward is no step back')
    },
  )

/** What is older than what is known, told again, or replayed is history. */
const late = (core: AlarmCore): fc.IRawProperty<unknown> =>
  fc.property(
    fc.record({
      words: eachSecond(rarely(small, 4)),
      more: fc.array(fc.record({ at: second, older: fc.nat(20), word: small, historical: fc.boolean(), first: fc.boolean() }), {
        maxLength: 12,
      }),
      restarts,
      base,
    }),
    ({ words, more, restarts, base }) => {
      const run = (with_: typeof more): string[] => {
        const history = new History(core, tagRule({}), base)
        for (const [second, word] of words.entries()) {
          const last = words.findLastIndex((one, at) => one !== undefined && at < second)
          const own: Told[] = [{ tagId: 2, stamp: 2 * second, word: 0 }]
          if (word !== undefined) own.push({ tagId: 1, stamp: 2 * second, word })
          const others = (first: boolean): Told[] =>
            with_
              .filter((one) => one.at === second && one.first === first)
              .map(({ older, word, historical }) => ({
                tagId: 1,
                stamp: 2 * (historical ? second + 5 - older : second - older),
                word,
                historical,
              }))
              .filter((one) => one.historical || (last >= 0 && one.stamp <= 2 * last))
          history.deliver(2 * second, [...others(true), ...own, ...others(false)])
          if (restarts.includes(second)) history.restart()
        }
        return history.happened.map(({ kind, at }) => `${kind} ${at}`)
      }
      assert.deepEqual(run(more), run([]))
    },
  )

/** A buffer that arrives at once is judged as it would have been reading by reading, and says that it is late. */
const buffered = (core: AlarmCore): fc.IRawProperty<unknown> =>
  fc.property(
    fc.record({
      delays: fc.record({ onDelaySeconds: fc.integer({ min: 0, max: 4 }), offDelaySeconds: fc.integer({ min: 0, max: 4 }) }),
      words: eachSecond(rarely(small, 4)),
      from: second,
      later: fc.integer({ min: 1, max: 90 }),
      base,
    }),
    ({ delays, words, from, later, base }) => {
      const told = words.flatMap((word, second): Told[] => (word === undefined ? [] : [{ tagId: 1, stamp: 2 * second, word }]))
      const live = new History(core, tagRule(delays), base)
      for (let at = 0; at <= END; at += 2)
        live.deliver(
          at,
          told.filter((one) => one.stamp === at),
        )
      live.deliver(END + 2, [])
      const history = new History(core, tagRule(delays), base)
      const arrival = END + 2 * later
      for (let at = 0; at < 2 * from; at += 2)
        history.deliver(
          at,
          told.filter((one) => one.stamp === at),
        )
      const before = history.happened.length
      history.deliver(
        arrival,
        told.filter((one) => one.stamp >= 2 * from),
      )
      assert.deepEqual(happened(history), happened(live))
      for (const one of history.happened.slice(before)) assert.equal(one.late, arrival - one.at > 120)
    },
  )

export const CLOCK_PROPERTIES = { stale, streak, hostClock, deviceClock, late, buffered }
