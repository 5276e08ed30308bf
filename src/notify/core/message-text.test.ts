import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MESSAGE_LANGUAGES } from '#domain/contact.ts'
import { acknowledgedText, alarmText, clearedText, type AlarmFacts } from './message-text.ts'
import { read } from './reply.ts'
import { smsParts, toGsm7 } from './gsm7.ts'
import { words } from './words.ts'

const RAISED = Date.UTC(2026, 6, 1, 2, 10, 5) * 1000
const SITE = { name: 'Water works', timeZone: 'Europe/Lisbon' }

const ALARM: AlarmFacts = {
  displayNumber: 417,
  name: 'Reservoir level very high',
  severity: 'critical',
  kind: 'threshold',
  deviceCode: 'RES-02',
  tagName: 'Level',
  unit: 'm',
  operator: '>',
  setpoint: 4.5,
  valueAtRaise: 4.6250001,
  valueAtClear: null,
  raisedAt: RAISED,
  clearedAt: null,
  acknowledgedBy: null,
}

test('an alarm says severity, number, place, value, unit, limit and time of the site', () => {
  const { subject, text } = alarmText(ALARM, SITE, 'pt', { now: RAISED + 1, how: 'button' })
  assert.equal(subject, '[CRÍTICO] #417 Reservoir level very high (RES-02)')
  assert.equal(
    text,
    [
      '🔴 CRÍTICO #417 Reservoir level very high',
      'RES-02 Level: 4,625 m (limite > 4,5 m)',
      'Início: 01/07/2026, 03:10:05',
      'Water works',
      '',
      'Para reconhecer prima o botão ou responda: sim 417',
    ].join('\n'),
  )
})

test('a late message says so, one that returned meanwhile too', () => {
  const { text } = alarmText({ ...ALARM, clearedAt: RAISED + 60_000_000 }, SITE, 'en', { now: RAISED + 301_000_000, how: 'screen' })
  assert.match(text, /03:10:05 \(sent late\)\nReturned to normal: 01\/07\/2026, 03:11:05/)
})

test('a latched alarm says since when its value is back and that it waits for a reset; then that it was reset', () => {
  const [back, reset] = [RAISED + 60_000_000, RAISED + 600_000_000]
  const held = { ...ALARM, returnedAt: back, valueAtReturn: 4.1 }
  assert.equal(
    clearedText(held, SITE, 'en').text,
    [
      '🟢 Returned to normal #417 Reservoir level very high',
      'RES-02 Level: 4.1 m',
      '01/07/2026, 03:11:05',
      'Waits for a reset.',
      'Not acknowledged yet.',
    ].join('\n'),
  )
  const released = { ...held, clearedAt: reset, valueAtClear: 4.1, acknowledgedBy: 'Platform: Ana' }
  assert.match(clearedText(released, SITE, 'pt').text, /^🟢 Rearmado #417 [^]*\nRegresso ao normal: .* 03:11:05\nRearmado: .* 03:20:05$/)
  for (const language of MESSAGE_LANGUAGES) {
    const say = words(language)
    const { text, short } = alarmText(held, SITE, language, { now: RAISED + 120_000_000, how: 'reply' })
    assert.ok(text.includes(`${say.cleared}: `) && text.includes(say.latched), text)
    assert.ok(short.includes(say.latched.replace('.', '')), short)
  }
  // beyond the limit again: it says no more than that it was raised
  const again = { ...held, resumedAt: back + 1_000_000 }
  assert.doesNotMatch(alarmText(again, SITE, 'en', { now: RAISED, how: 'reply' }).text, /normal|reset/)
})

test('lost communication has neither value nor limit', () => {
  const lost = { ...ALARM, kind: 'communication_loss', tagName: null, operator: null, setpoint: null, valueAtRaise: null }
  const { subject, text } = alarmText(lost, SITE, 'es', { now: RAISED, how: 'button' })
  assert.equal(subject, '[CRÍTICO] #417 Comunicación perdida (RES-02)')
  assert.match(text, /\nRES-02: sin comunicación\n/)
})

test('notes name who and when', () => {
  assert.match(
    acknowledgedText(ALARM, 'Telegram: Ana S.', RAISED, SITE, 'en').text,
    /#417 Reservoir[^]*\nTelegram: Ana S\., 01\/07\/2026, 03:10:05$/,
  )
  const cleared = clearedText({ ...ALARM, clearedAt: RAISED, valueAtClear: 4.1 }, SITE, 'en')
  assert.match(cleared.text, /RES-02 Level: 4\.1 m\n[^]*Not acknowledged yet\.$/)
})

test('what we say ourselves never acknowledges when it comes back, and what we ask for does', () => {
  for (const language of MESSAGE_LANGUAGES) {
    const told = [{ eventId: 1, displayNumber: 417, message: 'm', sentAt: RAISED, acknowledgedBy: null }]
    const reply = (text: string): string =>
      read({ kind: 'text', text, replyTo: null, writtenAt: RAISED + 60_000_000, automatic: false }, told).kind
    assert.notEqual(reply(alarmText(ALARM, SITE, language, { now: RAISED, how: 'button' }).text), 'acknowledge')
    for (const asked of [words(language).howReply(417), words(language).howAnswer(417)]) {
      assert.equal(reply(asked.split(': ').at(-1) ?? ''), 'acknowledge', asked)
    }
    const { short } = alarmText(ALARM, SITE, language, { now: RAISED, how: 'reply' })
    assert.notEqual(reply(short), 'acknowledge')
    assert.notEqual(reply(toGsm7(short)), 'acknowledge')
  }
})

test('an SMS says it all in one part once its accents are gone', () => {
  const { short } = alarmText({ ...ALARM, name: 'Pressão muito alta na condução' }, SITE, 'pt', { now: RAISED + 1, how: 'reply' })
  assert.equal(
    toGsm7(short),
    'CRITICO #417 Pressao muito alta na conducao. RES-02 Level: 4,625 m (limite > 4,5 m). 01/07 03:10. Responda: sim 417',
  )
  assert.deepEqual([smsParts(toGsm7(short)), smsParts(short)], [1, 2])
})
