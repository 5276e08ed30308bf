import assert from 'node:assert/strict'
import { test } from 'node:test'
import { beginWatch, nextWatch, notTold, type SystemWatch } from './system-watch.ts'

const SECOND = 1000

/** Looks every 5 s. @returns what was done, with the second of each */
function run(
  seconds: number,
  seen: (t: number) => { up: boolean; age: number | null },
  told = false,
  lost: readonly number[] = [],
): string[] {
  let watch: SystemWatch = beginWatch(0, told)
  const done: string[] = []
  for (let t = 0; t <= seconds; t += 5) {
    const { up, age } = seen(t)
    const step = nextWatch(watch, { at: t * SECOND, databaseUp: up, engineAgeSeconds: age })
    if (step.record !== null) done.push(`${t} record ${step.record}`)
    if (step.tell !== null) done.push(`${t} tell ${step.tell}`)
    watch = step.tell !== null && lost.includes(t) ? notTold(step.watch) : step.watch
  }
  return done
}

test('a dead engine is on record after half a minute, told directly after a minute, again every hour, and once when it is back', () => {
  const seen = (t: number): { up: boolean; age: number } => ({ up: true, age: t > 20 && t < 4000 ? t - 20 : 0.4 })
  assert.deepEqual(run(4100, seen), [
    '0 record back',
    '50 record silent',
    '80 tell engine',
    '3680 tell engine',
    '4000 record back',
    '4000 tell over',
  ])
})

test('an engine that never committed is missed from the first look on', () => {
  assert.deepEqual(
    run(70, () => ({ up: true, age: null })),
    ['0 record back', '30 record silent', '60 tell engine'],
  )
})

test('the database away is told after a minute; what was away before the engine came back counts from its begin', () => {
  const away = (t: number): { up: boolean; age: number | null } => ({
    up: t < 10 || t >= 60,
    age: t < 10 ? 0 : t < 60 ? null : t < 80 ? t - 10 : 0,
  })
  assert.deepEqual(run(90, away), ['0 record back', '65 record silent', '70 tell engine', '80 record back', '80 tell over'])
  assert.deepEqual(
    run(70, () => ({ up: false, age: null })),
    ['60 tell database'],
  )
  assert.deepEqual(
    run(40, (t) => ({ up: t < 10 || t > 30, age: 0 })),
    ['0 record back'],
    'half a minute is nothing to wake anybody for',
  )
})

test('a database that goes while a dead engine was told already is told of its own, and not again when it alone comes back', () => {
  const seen = (t: number): { up: boolean; age: number | null } => ({
    up: t < 200 || t >= 300,
    age: t < 200 || t >= 300 ? (t < 400 ? t : 0) : null,
  })
  assert.deepEqual(run(410, seen), [
    '0 record back',
    '30 record silent',
    '60 tell engine',
    '260 tell database',
    '400 record back',
    '400 tell over',
  ])
  const blink = (t: number): { up: boolean; age: number | null } => ({ up: t < 200 || t >= 230, age: t < 200 || t >= 230 ? t : null })
  assert.deepEqual(run(900, blink), ['0 record back', '30 record silent', '60 tell engine'], 'half a minute is nothing to tell')
})

test('a single late look is a machine that slept', () => {
  assert.deepEqual(
    run(60, (t) => ({ up: true, age: t === 30 ? 7200 : 0 })),
    ['0 record back'],
  )
})

test('what could not be told is told with the next look; what was told before a restart ends aloud', () => {
  assert.deepEqual(
    run(75, () => ({ up: false, age: null }), false, [60, 65]),
    ['60 tell database', '65 tell database', '70 tell database'],
  )
  assert.deepEqual(
    run(10, () => ({ up: true, age: 0 }), true),
    ['0 record back', '0 tell over'],
  )
})
