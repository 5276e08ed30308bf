import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AsduHeader } from './asdu.ts'
import { Interrogations, PATIENCE, type InterrogationPlan } from './interrogations.ts'

const plan: InterrogationPlan = {
  broadcast: 0xffff,
  commonAddresses: [1, 2],
  generalEvery: 900_000,
  counters: true,
  counterEvery: 0,
  clockEvery: 0,
}
const reply = (typeId: number, cause: number, commonAddress: number, negative = false): AsduHeader => {
  return { typeId, cause, commonAddress, negative, sequence: false, count: 1, test: false, originator: 0, at: 6 }
}
const asked = (one: { kind: string; commonAddress: number } | undefined): string =>
  one === undefined ? '-' : `${one.kind} ${one.commonAddress}`

test('one question at a time: general for each common address, then counters, then again after the cycle', () => {
  const questions = new Interrogations(plan, 0)
  const order: string[] = []
  for (const [typeId, commonAddress] of [
    [100, 1],
    [100, 2],
    [101, 1],
    [101, 2],
  ] as const) {
    order.push(asked(questions.next(0)))
    assert.equal(questions.next(0), undefined, 'not before the first is done')
    assert.equal(questions.onReply(reply(typeId, 7, commonAddress), 0)?.result, 'confirmed')
    assert.equal(questions.next(0), undefined)
    assert.equal(questions.onReply(reply(typeId, 10, commonAddress), 0)?.result, 'finished')
  }
  assert.deepEqual(order, ['general 1', 'general 2', 'counter 1', 'counter 2'])
  assert.equal(questions.nextDue, 900_000)
  assert.equal(questions.next(899_999), undefined)
  assert.equal(asked(questions.next(900_000)), 'general 1')
})

test('a station that says nothing is asked the next question after a while', () => {
  const questions = new Interrogations(plan, 0)
  questions.next(0)
  assert.equal(questions.expired(PATIENCE - 1), undefined)
  assert.deepEqual(questions.expired(PATIENCE), { kind: 'general', commonAddress: 1, result: 'unanswered' })
  questions.next(PATIENCE)
  questions.onReply(reply(100, 7, 2), PATIENCE)
  questions.heard(2 * PATIENCE - 1)
  assert.equal(questions.expired(3 * PATIENCE - 2), undefined, 'data keeps it waiting')
  assert.equal(questions.expired(3 * PATIENCE - 1)?.result, 'finished', 'confirmed, but no end')
})

test('refusals end a question, and say what was wrong', () => {
  const questions = new Interrogations(plan, 0)
  questions.next(0)
  assert.deepEqual(questions.onReply(reply(100, 46, 1, true), 0), { kind: 'general', commonAddress: 1, result: 'unknown_common_address' })
  questions.next(0)
  assert.equal(questions.onReply(reply(100, 7, 2, true), 0)?.result, 'refused')
  questions.next(0)
  assert.equal(questions.onReply(reply(101, 44, 1, true), 0)?.result, 'refused')
})

test('what is about something else changes nothing', () => {
  const questions = new Interrogations(plan, 0)
  assert.equal(questions.onReply(reply(100, 7, 1), 0), undefined)
  questions.next(0)
  assert.equal(questions.onReply(reply(101, 7, 1), 0), undefined)
  assert.equal(questions.onReply(reply(100, 10, 2), 0), undefined)
  assert.equal(questions.next(0), undefined)
})

test('a station that has restarted is asked everything again', () => {
  const questions = new Interrogations({ ...plan, counters: false, clockEvery: 3_600_000 }, 0)
  assert.equal(asked(questions.next(0)), 'clock 1')
  questions.onReply(reply(103, 7, 1), 0)
  assert.equal(asked(questions.next(0)), 'clock 2')
  questions.onReply(reply(103, 7, 2), 0)
  for (const commonAddress of [1, 2]) {
    questions.next(0)
    questions.onReply(reply(100, 10, commonAddress), 0)
  }
  assert.equal(questions.next(1000), undefined)
  questions.again(['clock', 'general', 'counter'], 2, 1000)
  assert.equal(asked(questions.next(1000)), 'clock 2')
  questions.onReply(reply(103, 7, 2), 1000)
  assert.equal(asked(questions.next(1000)), 'general 2')
})

test('the broadcast address is answered by others', () => {
  const questions = new Interrogations({ ...plan, commonAddresses: [0xffff], counters: false }, 0)
  questions.next(0)
  assert.equal(questions.onReply(reply(100, 7, 3), 0)?.result, 'confirmed')
  assert.equal(questions.onReply(reply(100, 10, 3), 0)?.result, 'confirmed', 'others may still answer')
  assert.equal(questions.expired(PATIENCE)?.result, 'finished')
})

test('counters are asked for in a cycle of their own', () => {
  const questions = new Interrogations({ ...plan, commonAddresses: [1], counterEvery: 60_000 }, 0)
  const answer = (typeId: number, now: number): void => {
    questions.onReply(reply(typeId, 7, 1), now)
    assert.equal(questions.onReply(reply(typeId, 10, 1), now)?.result, 'finished')
  }
  assert.equal(asked(questions.next(0)), 'general 1')
  answer(100, 0)
  for (const due of [0, 60_000, 120_000]) {
    if (due > 0) assert.equal(questions.next(due - 1), undefined)
    assert.equal(asked(questions.next(due)), 'counter 1')
    answer(101, due)
  }
})
