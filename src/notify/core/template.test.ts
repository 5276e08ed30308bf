import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MESSAGE_LANGUAGES } from '#domain/contact.ts'
import { fillTemplate, TEMPLATE_FIELDS, TEMPLATE_KINDS, templateFor, type MessageTemplate } from './template.ts'
import { previewOf } from './template-preview.ts'

const FIELDS = {
  severity: 'CRITICAL',
  number: '417',
  name: 'Reservoir level very high',
  device: 'RES-02',
  tag: 'Level',
  value: '4.63 m',
  limit: '> 4.5 m',
  returned: '',
  late: '',
  how: 'Answer: ok 417',
}

const one = (text: string, change: Partial<MessageTemplate> = {}): MessageTemplate => ({
  kind: 'alarm',
  style: 'full',
  language: 'en',
  text,
  ...change,
})

test('places are filled, a line with nothing to say is left out', () => {
  const text = '{severity} #{number} {name}\n{device} {tag}: {value} ({limit})\nReturned: {returned}\n\n{how}'
  assert.equal(fillTemplate(text, FIELDS), 'CRITICAL #417 Reservoir level very high\nRES-02 Level: 4.63 m (> 4.5 m)\n\nAnswer: ok 417')
  assert.equal(fillTemplate('{late} x', FIELDS), '', 'all of its places are empty')
})

test('a template is chosen by what is said, to whom and how', () => {
  const all = [one('a'), one('b', { style: 'short' }), one('c', { language: 'pt' })]
  assert.equal(templateFor(all, { kind: 'alarm', style: 'short', language: 'en' }), 'b')
  assert.equal(templateFor(all, { kind: 'cleared', style: 'full', language: 'en' }), undefined)
})

test('what is filled in is never filled again', () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      assert.ok(fillTemplate('#{number} {name}', { ...FIELDS, name }).startsWith('#417'))
    }),
  )
  assert.equal(fillTemplate('{name}', { ...FIELDS, name: '{number}' }), '{number}')
})

test('every place is filled in the language of the reader', () => {
  const seen = (kind: MessageTemplate['kind'], place: string, language: MessageTemplate['language']): string => {
    const needed = TEMPLATE_FIELDS[kind].includes('list') ? '{list}' : ''
    return previewOf({ kind, style: 'full', language, text: `<{${place}}>${needed}` })
  }
  for (const kind of TEMPLATE_KINDS) {
    for (const place of TEMPLATE_FIELDS[kind]) assert.ok(!seen(kind, place, 'en').includes(`{${place}}`), `${kind} ${place}`)
  }
  assert.match(seen('digest', 'count', 'en'), /^<3>/)
  assert.match(seen('digest', 'critical', 'en'), /^<1>/)
  assert.match(seen('digest', 'first', 'en'), /^<>/, 'only a storm says what it began with')
  assert.match(seen('storm', 'count', 'en'), /^<43>/)
  assert.match(seen('storm', 'first', 'en'), /^<#417 Reservoir level very high \(RES-02\) 01\/07 03:10>/)
  assert.match(seen('storm', 'answer', 'pt'), /^<Responda: todos, /)
  assert.match(seen('storm', 'answer', 'de'), /^<Antworten Sie: alle, /)
  assert.match(seen('digest', 'list', 'fr'), /^<🔴 #417 .* \(RES-02\) 01\/07 03:10\n/)
  assert.match(seen('digest', 'site', 'es'), /^<Water works>/)
  assert.deepEqual(
    ['gateway', 'site', 'who', 'time'].map((place) => seen('test', place, 'en')),
    ['<Telegram>', '<Water works>', '<Ana Silva>', '<01/07/2026, 03:10:05>'],
  )
  assert.equal(seen('cleared', 'value', 'pt'), '<4,21 m>')
  assert.equal(seen('acknowledged', 'by', 'pt'), '<Telegram: Ana S.>')
})

test('without a text of its own a preview shows the built-in one', () => {
  for (const language of MESSAGE_LANGUAGES) {
    for (const kind of TEMPLATE_KINDS) {
      for (const style of ['full', 'short'] as const) assert.notEqual(previewOf({ kind, style, language, text: '' }), '')
    }
  }
  assert.match(
    previewOf({ kind: 'storm', style: 'full', language: 'es', text: '' }),
    /^Avalancha de alarmas: 43 nuevas, 15 críticas\nPrimera: #417 /,
  )
})
