import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { read, type Reading, type Reply, type Told } from './reply.ts'

const NOW = 1_800_000_000_000_000
const SECOND = 1_000_000

function told(number: number, secondsAgo = 60, change: Partial<Told> = {}): Told {
  return {
    eventId: number + 1000,
    displayNumber: number,
    message: `m${number}`,
    sentAt: NOW - secondsAgo * SECOND,
    acknowledgedBy: null,
    ...change,
  }
}

function said(text: string, change: Partial<Reply> = {}): Reply {
  return { kind: 'text', text, replyTo: null, writtenAt: NOW, automatic: false, ...change }
}

/** The numbers acknowledged, else the kind of reading. */
function outcome(reading: Reading): string {
  return reading.kind === 'acknowledge' ? reading.eventIds.map((id) => id - 1000).join(' ') : reading.kind
}

const ONE = [told(417)]
const THREE = [told(415, 300), told(417, 180), told(420, 60)]

test('one alarm open: a yes in any of the languages acknowledges it', () => {
  const yes = [
    ['ok', 'Okay.', 'OK!!', 'o.k.', 'yes', 'Yep, thanks', 'ack', 'Acknowledged', 'got it', 'roger that', 'received, thank you', 'okkk'],
    ['sim', 'SIM!', 'siim', 'Sim, obrigado', 'confirmo', 'recebido', 'Reconheço o alarme', 'reconheço', 'está bem', 's'],
    ['sí', 'si', 'Sí, gracias', 'recibido', 'enterada', 'de acuerdo', 'vale'],
    ['👍', '👍🏽', '✅', '✔️', '👌 ok', 'ok :)', 'ｏｋ', 'o\u200bk', 'ok, vou já', 'sim, estou a caminho', 'ok, on my way'],
    ['417', '#417', 'ok 417', 'ack417', 'sim #417.', 'acknowledge alarm 417', 'ok\n\n> 🔴 CRITICAL #417 Level high'],
  ].flat()
  for (const text of yes) assert.equal(outcome(read(said(text), ONE)), '417', text)
})

test('a question, a negation, a refusal, a reading or any unknown word acknowledges nothing', () => {
  const no = [
    ['ok?', 'yes ?', 'is it ok', 'what happened', '¿sí', 'sim?', 'ok ou não?', 'qual é o alarme', 'por que'],
    ['no', 'not ok', 'não', 'não ok', 'nao', 'ok não', 'no reconozco', 'do not ack', "don't ack", 'nunca', '👎', '❌'],
    ['417 m3/h', '41.7', '4,17 bar', '417 bar', '417%', '415-420', '4:17', '-417', '24/11', '417 l/s ok'],
    ['já', 'tudo ok', 'todo ok', 'all ok', 'all good', 'okra', 'simples', 'maybe', 'later', 'call me', 'ok but wait', 'vou já', ''],
    ['> ok', 'Am I on call?\n> ok', 'unack', 'nack', 'ok 417 999 bar', 'y e s'],
  ].flat()
  for (const text of no) assert.notEqual(outcome(read(said(text), ONE)), '417', text)
})

test('several open: never a guess', () => {
  const cases: readonly [string, string][] = [
    ['ok', 'ask'],
    ['👍', 'ask'],
    ['ok 417', '417'],
    ['415 and 420', '415 420'],
    ['415, 420', '415 420'],
    ['415,420', '415 420'],
    ['#415,#420', '415 420'],
    ['415 e 417', '415 417'],
    ['ok 415+417', '415 417'],
    ['ack all', '415 417 420'],
    ['todos', '415 417 420'],
    ['sim, todos', '415 417 420'],
    ['ok 999', 'ask'],
    ['ok 415 999', 'ask'],
    ['tudo ok', 'not_understood'],
    ['417 420 m3/h', 'not_understood'],
  ]
  for (const [text, expected] of cases) assert.equal(outcome(read(said(text), THREE)), expected, text)
})

test('a swipe, a button, a reaction and a reaction as text point at their message only', () => {
  assert.equal(outcome(read(said('ok', { replyTo: 'm417' }), THREE)), '417')
  assert.equal(outcome(read(said('vou já', { replyTo: 'm417' }), THREE)), '417')
  assert.equal(outcome(read(said('não', { replyTo: 'm417' }), THREE)), 'decline')
  assert.equal(outcome(read(said('não ok', { replyTo: 'm417' }), THREE)), 'not_understood')
  assert.equal(outcome(read(said('ok 415', { replyTo: 'm417' }), THREE)), 'ask', 'the two contradict each other')
  assert.equal(outcome(read(said('ok', { replyTo: 'm999' }), ONE)), 'ask', 'something else was answered')
  assert.equal(outcome(read(said('ack:1417', { kind: 'button', replyTo: 'm417' }), THREE)), '417')
  assert.equal(outcome(read(said('ack:1415', { kind: 'button', replyTo: 'm417' }), THREE)), 'none_open')
  assert.equal(outcome(read(said('👍', { kind: 'reaction', replyTo: 'm420' }), THREE)), '420')
  assert.equal(outcome(read(said('👎', { kind: 'reaction', replyTo: 'm420' }), THREE)), 'decline')
  assert.equal(outcome(read(said('❤', { kind: 'reaction', replyTo: 'm420' }), THREE)), 'ignore')
  assert.equal(outcome(read(said('', { kind: 'reaction', replyTo: 'm420' }), THREE)), 'ignore', 'taken back')
  assert.equal(outcome(read(said('Liked “🔴 CRITICAL #417 Level high”'), THREE)), '417')
  assert.equal(outcome(read(said('Disliked “🔴 CRITICAL #417 Level high”'), THREE)), 'ignore')
  assert.equal(outcome(read(said('Questioned “🔴 CRITICAL #417 Level high. Answer ok”'), THREE)), 'ignore')
})

test('one message that lists several stands for all of them', () => {
  const digest = [told(415, 60, { message: 'd' }), told(417, 60, { message: 'd' })]
  assert.equal(outcome(read(said('ok'), digest)), '415 417')
  assert.equal(outcome(read(said('ok'), [...digest, told(420, 30)])), 'ask')
})

test('nobody acknowledges what they cannot have seen', () => {
  assert.equal(outcome(read(said('ok', { writtenAt: NOW - 2 * SECOND }), [told(417, 1)])), 'ask')
  assert.equal(outcome(read(said('ok', { writtenAt: NOW - 2 * SECOND }), [told(415, 300), told(417, 1)])), '415')
  assert.equal(outcome(read(said('ack all', { writtenAt: NOW - 2 * SECOND }), [told(415, 300), told(417, 1)])), '415')
})

test('what is acknowledged already, or not there, is said so', () => {
  const taken = told(417, 60, { acknowledgedBy: 'Platform: Rui' })
  assert.equal(outcome(read(said('ok'), [taken])), 'already')
  assert.equal(outcome(read(said('417'), [taken])), 'already')
  assert.equal(outcome(read(said('ok'), [taken, told(420)])), '420')
  assert.equal(outcome(read(said('ok'), [])), 'none_open')
})

test('the same letters mean yes to one and already to another', () => {
  assert.equal(outcome(read(said('ja'), ONE, 'de')), '417')
  assert.equal(outcome(read(said('ja'), ONE)), '417')
  assert.equal(outcome(read(said('ja'), ONE, 'pt')), 'not_understood')
  assert.equal(outcome(read(said('já'), ONE, 'de')), 'not_understood')
})

test('a number typed before its alarm was sent meant another alarm', () => {
  const before = { writtenAt: NOW - 10 * SECOND }
  assert.equal(outcome(read(said('ok 417', before), [told(417, 5)])), 'ask')
  assert.equal(outcome(read(said('Liked “#417 Level high”', before), [told(417, 5)])), 'ask')
  const again = [told(417, 3600, { eventId: 1, acknowledgedBy: 'Platform: Rui' }), told(417, 5)]
  assert.equal(read(said('ok 417', before), again).kind, 'already')
})

test('a reaction to a list as text means the list, whatever the phone cut off', () => {
  const digest = [415, 417, 420].map((number) => told(number, 60, { message: 'd' }))
  assert.equal(outcome(read(said('Liked “3 new alarms: #415 Level, #417 Lev”'), [...digest, told(430)])), '415 417 420')
})

test('what no person said to us is passed over', () => {
  assert.equal(outcome(read(said('ok', { automatic: true }), ONE)), 'ignore')
  assert.equal(outcome(read(said('Automatic reply: out of the office, ok'), ONE)), 'ignore')
  assert.equal(outcome(read(said('Resposta automática: sim'), ONE)), 'ignore')
})

test('whatever is written, only alarms told to this chat are ever acknowledged, and any question mark means none', () => {
  const word = fc.constantFrom(
    'ok',
    'sim',
    'sí',
    '415',
    '#417',
    '420',
    '999',
    'all',
    'e',
    ',',
    '?',
    'não',
    'vou já',
    'oui',
    'ja',
    'nein',
    "j'y vais",
    'nicht',
    '👍',
    '\n',
    '> ok',
    'bar',
  )
  const text = fc.oneof(
    fc.array(word, { maxLength: 6 }).map((words) => words.join(' ')),
    fc.string({ unit: 'grapheme' }),
  )
  fc.assert(
    fc.property(text, fc.option(fc.constantFrom('m415', 'm417', 'm999'), { nil: null }), (text, replyTo) => {
      const reading = read(said(text, { replyTo }), THREE)
      if (reading.kind !== 'acknowledge') return
      assert.ok(reading.eventIds.length > 0)
      for (const id of reading.eventIds) assert.ok(THREE.some((one) => one.eventId === id))
      assert.ok(!text.split('\n').some((line) => !line.trimStart().startsWith('>') && line.includes('?')), text)
    }),
    { numRuns: 2000 },
  )
})

test('a negation, a doubt or a question put anywhere into a yes takes it back, in every language', () => {
  const yes = [
    'ok',
    'sim',
    'sí, gracias',
    'oui',
    'ja danke',
    'ok 417',
    'ok, on my way',
    'sim, vou já',
    "oui, j'y vais",
    'ja, bin unterwegs',
  ]
  const doubt = [
    'not',
    'não',
    'no',
    'pas',
    'nicht',
    'nein',
    'if',
    'se',
    'wenn',
    'mais',
    'mas',
    'aber',
    'but',
    'pero',
    'later',
    '?',
    'quando',
  ]
  fc.assert(
    fc.property(fc.constantFrom(...yes), fc.constantFrom(...doubt), fc.nat(), fc.boolean(), (yes, doubt, at, upper) => {
      const words = yes.split(' ')
      words.splice(at % (words.length + 1), 0, doubt)
      const text = words.join(' ')
      assert.notEqual(read(said(upper ? text.toUpperCase() : text), ONE).kind, 'acknowledge', text)
    }),
    { numRuns: 1000 },
  )
})

test('whatever the case, invisible characters, skin tones, blanks and quotations around it, a yes stays a yes', () => {
  const yes = fc.constantFrom('ok', 'sim', 'sí', 'oui', 'ja', '👍', 'confirmo', 'bestätigt', 'reçu')
  const around = fc.constantFrom('', '\u200b', ' ', '\n', '\ufe0f')
  const after = fc.constantFrom('', '!', '.', ' 417', ' 🙏', '\n> #417 answer: ok 417?', '\n\nSent from my iPhone', '\n--\nRui')
  fc.assert(
    fc.property(yes, around, after, fc.boolean(), (yes, around, after, upper) => {
      assert.equal(outcome(read(said(`${around}${upper ? yes.toUpperCase() : yes}${around}${after}`), ONE)), '417')
    }),
    { numRuns: 500 },
  )
})

test('only the words of the site’s languages and of the person’s own are read; what belongs to no language always is', () => {
  const one = [{ eventId: 1, displayNumber: 417, message: 'm', sentAt: 0, acknowledgedBy: null }]
  const said = (text: string, own: 'en' | 'pt' | 'de', languages: readonly ('en' | 'pt' | 'es')[]): string =>
    read({ kind: 'text', text, replyTo: null, writtenAt: 60_000_000, automatic: false }, one, own, languages).kind
  assert.equal(said('ja', 'en', ['en', 'pt']), 'not_understood')
  assert.equal(said('ja', 'de', ['en', 'pt']), 'acknowledge')
  assert.equal(said('vale', 'pt', ['pt']), 'not_understood')
  assert.equal(said('vale', 'pt', ['pt', 'es']), 'acknowledge')
  assert.equal(said('tomei conhecimento', 'en', []), 'not_understood')
  for (const text of ['ok', 'ACK 417', '👍']) assert.equal(said(text, 'de', []), 'acknowledge', text)
  assert.equal(said('ok, aber nicht jetzt', 'en', ['en']), 'not_understood')
})
