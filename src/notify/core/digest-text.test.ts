import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MESSAGE_LANGUAGES } from '#domain/contact.ts'
import { checkTemplates } from './check-templates.ts'
import { digestText, notesText } from './digest-text.ts'
import { smsParts, toGsm7 } from './gsm7.ts'
import type { AlarmFacts } from './message-text.ts'

const RAISED = Date.UTC(2026, 6, 1, 2, 10, 5) * 1000
const SITE = { name: 'Water works', timeZone: 'Europe/Lisbon' }

const alarms = (count: number, name = 'Level'): readonly AlarmFacts[] =>
  Array.from({ length: count }, (_, index) => ({
    displayNumber: index + 1,
    name,
    severity: index === 1 ? 'critical' : 'warning',
    kind: 'threshold',
    deviceCode: 'PS-01',
    tagName: 'Level',
    unit: 'm',
    operator: '>',
    setpoint: 4.5,
    valueAtRaise: 5,
    valueAtClear: null,
    raisedAt: RAISED + index,
    clearedAt: null,
    acknowledgedBy: null,
  }))

test('the text of the site says several alarms, the most severe first', () => {
  const template = (kind: string): string => `${kind} {site}: {count}, {critical} critical\nBegan with {first}\n{list}\n\n{answer}`
  const few = digestText(alarms(2), SITE, 'en', { now: RAISED, how: 'reply', template })
  assert.equal(
    few.text,
    'digest Water works: 2, 1 critical\n🔴 #2 Level (PS-01) 01/07 03:10\n🟠 #1 Level (PS-01) 01/07 03:10\n\nAnswer: all, or the numbers',
  )
  const [first] = alarms(1)
  const storm = digestText(alarms(21), SITE, 'pt', { now: RAISED, how: 'reply', template, first })
  assert.match(storm.text, /^storm Water works: 21, 1 critical\nBegan with #1 Level \(PS-01\) 01\/07 03:10\n🔴 #2 /)
  assert.match(storm.text, /\n\nResponda: todos, para os assumir todos, ou os números$/)
})

test('the text of the site says several notes: by whom where it was one, how many, which', () => {
  const template = (kind: string): string => `${kind} {count} {site}\nBy {by}\n{list}`
  const by = (who: (index: number) => string) => alarms(2).map((one, index) => ({ ...one, acknowledgedBy: who(index) }))
  const ofOne = notesText(
    'acknowledged',
    by(() => 'SMS: 1'),
    SITE,
    'en',
    template,
  )
  assert.equal(ofOne.text, 'acknowledged_several 2 Water works\nBy SMS: 1\n#1 Level (PS-01)\n#2 Level (PS-01)')
  assert.equal(ofOne.short, 'acknowledged_several 2 Water works\nBy SMS: 1\n#1 Level (PS-01); #2 Level (PS-01)')
  const ofTwo = notesText(
    'acknowledged',
    by((index) => `SMS: ${index}`),
    SITE,
    'en',
    template,
  )
  assert.equal(ofTwo.text, 'acknowledged_several 2 Water works\n#1 Level (PS-01), SMS: 0\n#2 Level (PS-01), SMS: 1')
  const cleared = notesText('cleared', alarms(300, 'Level'.repeat(20)), SITE, 'de', () => '{count}: {list}')
  assert.ok(cleared.text.startsWith('300: #1 ') && cleared.text.length <= 900)
  assert.ok(smsParts(toGsm7(cleared.short)) <= 2)
})

test('what is built in counts and dates as its language does', () => {
  const heads = (language: (typeof MESSAGE_LANGUAGES)[number]): readonly string[] =>
    digestText(alarms(2), SITE, language, { now: RAISED, how: 'reply' }).text.split('\n').slice(0, 2)
  assert.deepEqual(heads('en'), ['2 new alarms, 1 critical', '🔴 #2 Level (PS-01) 01/07 03:10'])
  assert.deepEqual(heads('pt'), ['2 alarmes novos, 1 crítico', '🔴 #2 Level (PS-01) 01/07 03:10'])
  assert.deepEqual(heads('es'), ['2 alarmas nuevas, 1 crítica', '🔴 #2 Level (PS-01) 01/07 03:10'])
  assert.deepEqual(heads('fr'), ['2 nouvelles alarmes, 1 critique', '🔴 #2 Level (PS-01) 01/07 03:10'])
  assert.deepEqual(heads('de'), ['2 neue Alarme, 1 kritisch', '🔴 #2 Level (PS-01) 01.07. 03:10'])
})

test('a mail lists all, and says once how to acknowledge', () => {
  const template = (): string => '{count}\n{list}\nHow: {answer}'
  const { lines } = digestText(alarms(150), SITE, 'en', { now: RAISED, how: 'screen', template })
  assert.equal(lines.length, 151)
  assert.ok(lines.every((line) => !line.startsWith('How')))
})

test('a text of the site keeps to 900 letters and two SMS, whatever the names are, and ends with how to answer', () => {
  const words = fc.stringMatching(/^[a-z{}€~ãé#🔥 ]{0,60}$/u).map((text) => text.replace(/[{}]/g, '('))
  fc.assert(
    fc.property(
      fc.constantFrom(...MESSAGE_LANGUAGES),
      fc.constantFrom('full', 'short'),
      fc.constantFrom('reply', 'screen'),
      fc.integer({ min: 2, max: 60 }),
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.string({ maxLength: 200 }),
      words,
      (language, style, how, count, name, siteName, own) => {
        const text = `${own} {site} {count} {critical}\n{first} {list}\n{answer}`
        const kind = count > 20 ? 'storm' : 'digest'
        try {
          checkTemplates([{ kind, style, language, text }])
        } catch {
          return
        }
        const site = { name: siteName, timeZone: 'Europe/Lisbon' }
        const said = digestText(alarms(count, name), site, language, { now: RAISED, how, template: () => text })
        if (style === 'full') assert.ok(said.text.length <= 900, `${said.text.length} letters`)
        else assert.ok(smsParts(toGsm7(said.short)) <= 2, said.short)
        const answer = digestText(alarms(count), site, language, { now: RAISED, how, template: () => '{list}\n{answer}' })
        assert.ok((style === 'full' ? said.text : said.short).endsWith(answer.text.split('\n').at(-1) ?? 'x'))
        assert.match(style === 'full' ? said.text : said.short, /#2 /)
      },
    ),
    { numRuns: 80 },
  )
})

test('what is built in keeps to the same, with the longest of names', () => {
  for (const language of MESSAGE_LANGUAGES) {
    for (const count of [2, 20, 21, 400]) {
      const { text, short } = digestText(alarms(count, 'é{'.repeat(100)), SITE, language, { now: RAISED, how: 'reply' })
      assert.ok(text.length <= 900, `${text.length}`)
      assert.ok(smsParts(toGsm7(short)) <= 2, short)
    }
  }
})
