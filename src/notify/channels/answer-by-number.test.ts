import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read, type Told } from '../core/reply.ts'
import { channelOf } from './catalogue.ts'

const NOW = Date.UTC(2026, 6, 1, 3, 12) * 1000
const SECONDS = NOW / 1_000_000
const ANA = '351912345678'

/** Three alarms that wait, each told of by its own message. */
const TOLD: readonly Told[] = [415, 416, 417].map((displayNumber, index) => ({
  eventId: 71 + index,
  displayNumber,
  message: `m${index}`,
  sentAt: NOW - 120_000_000 + index * 1_000_000,
  acknowledgedBy: null,
}))

/** What each provider brings when Ana types a text, without pointing at a message. */
const TYPED: Readonly<Record<string, (text: string) => unknown>> = {
  sms: (text) => ({ modem: '1-1', id: '3', date: '2026-07-01 03:11:40', sender: `+${ANA}`, text }),
  'twilio-sms': (Body) => ({ MessageSid: 'SM1', From: `+${ANA}`, To: '+351210000000', Body }),
  'twilio-whatsapp': (Body) => ({ MessageSid: 'SM2', From: `whatsapp:+${ANA}`, To: 'whatsapp:+351210000000', Body }),
  whatsapp: (body) => ({ message: { from: ANA, id: 'wamid.1', timestamp: String(SECONDS - 20), type: 'text', text: { body } } }),
  telegram: (text) => ({
    update_id: 1,
    message: {
      message_id: 9,
      date: SECONDS - 20,
      chat: { id: 5, type: 'private' },
      from: { id: 5, is_bot: false, first_name: 'Ana' },
      text,
    },
  }),
}
const SETTINGS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  sms: { baseUrl: 'https://192.168.1.1', user: 'sms', timeZone: 'UTC' },
}

for (const [channel, typed] of Object.entries(TYPED)) {
  test(`${channel}: the number of an alarm, typed back, acknowledges that one of three`, () => {
    const answer = (text: string): ReturnType<typeof read> => {
      const said = channelOf(channel).parse?.(typed(text), NOW, SETTINGS[channel] ?? {})
      assert.equal(said?.reply.replyTo, null)
      return read(said.reply, TOLD, 'pt')
    }
    for (const { eventId, displayNumber } of TOLD) {
      for (const text of [`${displayNumber}`, `#${displayNumber}`, `ok ${displayNumber}`, `Sim ${displayNumber}.`])
        assert.deepEqual(answer(text), { kind: 'acknowledge', eventIds: [eventId] }, text)
    }
    assert.equal(answer('ok').kind, 'ask', 'to which one is not said')
    assert.equal(answer('ok 418').kind, 'ask', 'nobody was told of that one')
    assert.notEqual(answer('417?').kind, 'acknowledge')
  })
}
