import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answersWithin } from './answers.ts'

test('a call without an answer is told, and so is the answer that comes after all', async () => {
  const told: boolean[] = []
  const silence = Promise.withResolvers<undefined>()
  const answer = answersWithin((silent) => {
    told.push(silent)
    silence.resolve(undefined)
  }, 1)
  const call = Promise.withResolvers<string>()
  const given = answer(call.promise)
  await silence.promise
  assert.deepEqual(told, [true])
  call.resolve('content')
  assert.equal(await given, 'content')
  assert.deepEqual(told, [true, false])
})

test('a call that is answered, and one that fails, are passed on without a word', async () => {
  const told: boolean[] = []
  const answer = answersWithin((silent) => told.push(silent))
  assert.equal(await answer(Promise.resolve(7)), 7)
  await assert.rejects(answer(Promise.reject(new Error('gone'))), /gone/)
  assert.deepEqual(told, [])
})
