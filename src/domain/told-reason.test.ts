import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readToldReason, TOLD_REASONS, toldReason, type ToldReason } from './told-reason.ts'

const REASONS = Object.keys(TOLD_REASONS) as ToldReason[]
const WORDS = {
  channel: 'twilio-sms',
  severity: 'critical',
  by: 'Telegram: Ana S.',
  people: 'Ana (sms), Rui (later)',
  group: 'Shift',
  times: 2,
}
const asItCame = (text: string): string => readToldReason(text, (reason, words) => toldReason(reason, words))
const named = (text: string): string => readToldReason(text, (reason) => `<${reason}>`)

test('every reason is read back as the one that it is, with its words', () => {
  for (const reason of REASONS) {
    const words: Record<string, string> = {}
    const text = toldReason(reason, WORDS)
    const read = readToldReason(text, (found, inIt) => {
      Object.assign(words, inIt)
      return found
    })
    assert.equal(read, reason, text)
    for (const [name, word] of Object.entries(words)) assert.equal(word, String(WORDS[name as keyof typeof WORDS]))
  }
})

test('reasons that stand together are read one by one; what others wrote stays as it came', () => {
  assert.equal(named('First choice; waits for the end of quiet hours.'), '<first_choice>; <quiet_hours>')
  assert.equal(named('telegram: blocked by the user; sms only from critical'), 'telegram: blocked by the user; <channel_only_from>')
  assert.equal(
    named('Nobody answered. Ana: only from critical. Rui: telegram is not set up; sms failed.'),
    '<nobody_answered> Ana: <only_from> Rui: <channel_not_set_up>; <channel_failed>.',
  )
  assert.equal(
    named('Nobody can be told. Dr. Silva: not on duty. G1: the group is gone.'),
    '<nobody_can_be_told> Dr. Silva: <off_duty> G1: <group_gone>',
  )
  assert.equal(named('Nobody could be told: 550 No such user here'), '<nobody_could_be_told>: 550 No such user here')
  assert.equal(named('email: 550 No such user. telegram failed'), 'email: 550 No such user. <channel_failed>')
  assert.equal(
    named('SMS (Teltonika router): SMS (Teltonika router) does not work at the moment. First choice'),
    'SMS (Teltonika router): <channel_down> <first_choice>',
  )
  assert.equal(named('Suppressed by design.'), '<by_design>')
  assert.equal(named(''), '')
})

test('said in English again, any text is what it was, whoever wrote it', () => {
  const part = fc.oneof(fc.constantFrom(...REASONS.map((reason) => toldReason(reason, WORDS))), fc.string({ maxLength: 30 }))
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), fc.constantFrom('; ', '. ', ': ', ' '), (parts, between) => {
      const text = parts.join(between)
      assert.equal(asItCame(text), text)
    }),
    { numRuns: 1000 },
  )
})
