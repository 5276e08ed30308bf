import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseUpdate } from './updates.ts'

const FROM = { id: 5, is_bot: false, first_name: 'Ana', last_name: 'Sousa', language_code: 'pt-PT' }
const CHAT = { id: 5, type: 'private' }

function message(change: Record<string, unknown>): ReturnType<typeof parseUpdate> {
  return parseUpdate({ update_id: 1, message: { message_id: 9, date: 1000, chat: CHAT, from: FROM, ...change } }, 0)
}

test('a message carries who, where, when and what it answers', () => {
  const found = message({ text: 'ok', reply_to_message: { message_id: 8 } })
  assert.deepEqual(found, {
    kind: 'reply',
    chat: '5',
    token: '',
    from: { firstName: 'Ana', lastName: 'Sousa', language: 'pt' },
    message: '9',
    press: null,
    reply: { kind: 'text', text: 'ok', replyTo: '8', writtenAt: 1_000_000_000, automatic: false },
  })
})

test('forwarded, sent while away, by a bot or through one: automatic', () => {
  assert.equal(message({ text: 'ok', forward_origin: { type: 'user' } })?.reply.automatic, true)
  assert.equal(message({ text: 'ok', is_from_offline: true })?.reply.automatic, true)
  assert.equal(message({ text: 'ok', from: { ...FROM, is_bot: true } })?.reply.automatic, true)
  assert.equal(message({ text: 'ok', via_bot: { id: 1 } })?.reply.automatic, true)
})

test('start brings its token; a group that moved its new id; leaving is seen', () => {
  assert.deepEqual([message({ text: '/start abc_-1' })?.kind, message({ text: '/start abc_-1' })?.token], ['start', 'abc_-1'])
  assert.deepEqual([message({ text: '/start' })?.kind, message({ text: '/start' })?.token], ['start', ''])
  assert.deepEqual([message({ migrate_to_chat_id: -100123 })?.kind, message({ migrate_to_chat_id: -100123 })?.token], ['moved', '-100123'])
  const member = (status: string): unknown => ({
    update_id: 1,
    my_chat_member: { chat: CHAT, from: FROM, date: 1, new_chat_member: { status } },
  })
  assert.equal(parseUpdate(member('kicked'), 0)?.kind, 'gone')
  assert.equal(parseUpdate(member('member'), 0), undefined)
})

test('a reaction counts when it is new, not when it is taken away', () => {
  const reaction = (before: string[], after: string[]): unknown => ({
    update_id: 1,
    message_reaction: {
      chat: CHAT,
      message_id: 8,
      date: 1,
      user: FROM,
      old_reaction: before.map((emoji) => ({ type: 'emoji', emoji })),
      new_reaction: after.map((emoji) => ({ type: 'emoji', emoji })),
    },
  })
  assert.equal(parseUpdate(reaction([], ['👍']), 0)?.reply.text, '👍')
  assert.equal(parseUpdate(reaction(['👍'], []), 0), undefined)
  assert.equal(parseUpdate(reaction(['👍'], ['👍', '❤']), 0)?.reply.text, '❤')
})

test('anything else says nothing and never throws', () => {
  fc.assert(fc.property(fc.jsonValue(), (raw) => assert.equal(parseUpdate(raw, 0), undefined)))
})
