import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError } from '#base/errors.ts'
import { MESSAGE_LANGUAGES } from '#domain/contact.ts'
import { checkTemplates } from './check-templates.ts'
import type { MessageTemplate } from './template.ts'
import { previewOf } from './template-preview.ts'

const one = (text: string, change: Partial<MessageTemplate> = {}): MessageTemplate => ({
  kind: 'alarm',
  style: 'full',
  language: 'en',
  text,
  ...change,
})
const refused = (text: string, change: Partial<MessageTemplate>, said: RegExp): void =>
  assert.throws(
    () => checkTemplates([one('{number} {name}'), one(text, change)]),
    (error) => error instanceof ConfigError && error.field === 'templates[1].text' && said.test(error.message),
  )

test('what cannot be used is refused by its place', () => {
  refused('{nmae} {number}', {}, /no \{nmae\}/)
  refused('no number', {}, /number/)
  refused('  ', {}, /empty/)
  refused('ok {number}', {}, /acknowledge/)
  refused('sim {number}', { language: 'pt' }, /acknowledge/)
  refused(`{number} ${'long '.repeat(70)}`, { style: 'short' }, /3 SMS/)
  checkTemplates([one('{severity} {number}: {name}. {how}')])
})

test('several alarms are told with their list and how to answer, and with room for it', () => {
  for (const kind of ['digest', 'storm'] as const) {
    refused('{count} alarms. {answer}', { kind }, /list/)
    refused('{list} {list} {answer}', { kind }, /list/)
    refused('{count} alarms\n{list}', { kind }, /How to answer/)
    refused('{number} {list} {answer}', { kind }, /no \{number\}/)
    refused(`${'n'.repeat(600)}\n{list}\n{answer}`, { kind }, /too little room/)
    refused(`${'n'.repeat(200)}\n{list}\n{answer}`, { kind, style: 'short' }, /too little room/)
    checkTemplates([one('{site}: {count} ({critical}), {first}\n{list}\n\n{answer}', { kind })])
    for (const language of MESSAGE_LANGUAGES)
      checkTemplates([one('{site}: {count}, {first}. {list}. {answer}', { kind, language, style: 'short' })])
  }
})

test('several notes are told with their list, and with room for it', () => {
  for (const kind of ['cleared_several', 'acknowledged_several'] as const) {
    refused('{count} alarms', { kind }, /list/)
    refused('{list} {answer}', { kind }, /no \{answer\}/)
    refused(`${'n'.repeat(600)}\n{list}`, { kind }, /too little room/)
    refused(`${'n'.repeat(230)}\n{list}`, { kind, style: 'short' }, /too little room/)
    for (const language of MESSAGE_LANGUAGES) checkTemplates([one('{site}: {count}\n{list}', { kind, language, style: 'short' })])
  }
  refused('{by} {list}', { kind: 'cleared_several' }, /no \{by\}/)
  checkTemplates([one('{count} by {by}\n{list}', { kind: 'acknowledged_several' })])
})

test('a test may say anything that does not acknowledge', () => {
  checkTemplates([one('{gateway} {site} {who} {time}', { kind: 'test' }), one('Works.', { kind: 'test', style: 'short' })])
  refused('ok 417', { kind: 'test' }, /acknowledge/)
  refused('{list}', { kind: 'test' }, /no \{list\}/)
})

test('what is built in would be accepted, sent back by a phone', () => {
  for (const language of MESSAGE_LANGUAGES) {
    for (const kind of ['digest', 'storm', 'cleared_several', 'acknowledged_several', 'test'] as const) {
      for (const style of ['full', 'short'] as const) {
        const text = previewOf({ kind, style, language, text: '' })
        // taken as the text of a test it meets the very check of what a phone sends back
        checkTemplates([{ kind: 'test', style: 'full', language, text }])
        assert.ok(kind === 'test' || text.includes('#417'))
      }
    }
  }
})
