import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ConfigError } from '#base/errors.ts'
import { checkTemplates, fillTemplate, SAMPLE_FIELDS, templateFor, type MessageTemplate } from './template.ts'

const one = (text: string, change: Partial<MessageTemplate> = {}): MessageTemplate => ({
  kind: 'alarm',
  style: 'full',
  language: 'en',
  text,
  ...change,
})

test('places are filled, a line with nothing to say is left out', () => {
  const text = '{severity} #{number} {name}\n{device} {tag}: {value} ({limit})\nReturned: {returned}\n\n{how}'
  assert.equal(
    fillTemplate(text, SAMPLE_FIELDS),
    'CRITICAL #417 Reservoir level very high\nRES-02 Level: 4.63 m (> 4.5 m)\n\nAnswer: ok 417',
  )
  assert.equal(fillTemplate('{late} x', SAMPLE_FIELDS), '', 'all of its places are empty')
})

test('a template is chosen by what is said, to whom and how', () => {
  const all = [one('a'), one('b', { style: 'short' }), one('c', { language: 'pt' })]
  assert.equal(templateFor(all, { kind: 'alarm', style: 'short', language: 'en' }), 'b')
  assert.equal(templateFor(all, { kind: 'cleared', style: 'full', language: 'en' }), undefined)
})

test('what cannot be used is refused by its place', () => {
  const refused = (text: string, field = 'templates[0].text'): void =>
    assert.throws(
      () => checkTemplates([one(text)]),
      (error) => error instanceof ConfigError && error.field === field,
    )
  refused('{nmae} {number}')
  refused('no number')
  refused('  ')
  refused('ok {number}')
  checkTemplates([one('{severity} {number}: {name}. {how}')])
})

test('what is filled in is never filled again', () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      assert.ok(fillTemplate('#{number} {name}', { ...SAMPLE_FIELDS, name }).startsWith('#417'))
    }),
  )
  assert.equal(fillTemplate('{name}', { ...SAMPLE_FIELDS, name: '{number}' }), '{number}')
})
