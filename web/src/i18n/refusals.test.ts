import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { plainIssue } from '#base/plain-issue.ts'
import { esRefusals } from './es/refusals.ts'
import { ptRefusals } from './pt/refusals.ts'
import { refusalsIn } from './refusals.ts'

const SOURCES = join(import.meta.dirname, '../../../src')
const names = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').toSorted()

test('refusals are said in both languages, with the same words of the person in them', () => {
  assert.deepEqual(Object.keys(ptRefusals), Object.keys(esRefusals))
  for (const all of [esRefusals, ptRefusals])
    for (const [english, said] of Object.entries(all)) assert.deepEqual(names(said), names(english), english)
})

test('every refusal that is translated is one that the server says', () => {
  const sources = globSync('**/*.ts', { cwd: SOURCES })
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(SOURCES, file), 'utf8'))
    .join('\n')
    .replaceAll(/\$\{(?!Device:Tag)[^{}]*\}/g, '{}')
  const issues = [
    { code: 'invalid_type' },
    ...['number', 'int', 'string'].map((expected) => ({ code: 'invalid_type', input: {}, expected })),
    ...['too_big', 'too_small'].flatMap((code) => [
      { code, origin: 'number', minimum: 7, maximum: 7 },
      { code, origin: 'number', minimum: 7, maximum: 7, inclusive: false },
      { code, origin: 'string', minimum: 7, maximum: 7 },
    ]),
    { code: 'too_small', origin: 'string', minimum: 1 },
    { code: 'invalid_format', format: 'regex' },
  ].map((issue) => plainIssue(issue)?.replace('7', '{}'))
  const unsaid = Object.keys(esRefusals).filter((english) => {
    const form = english.replaceAll(/\{\w+\}/g, '{}')
    return !sources.includes(form) && !issues.includes(form)
  })
  assert.deepEqual(unsaid, [])
})

test('a refusal is said anew as a whole or behind the name of a field; what is not known stays as it came', () => {
  const say = refusalsIn(esRefusals)
  assert.equal(say('There is a device PS-01 already.'), 'Ya hay un equipo PS-01.')
  assert.equal(say('$& already has four rules.'), '$& ya tiene cuatro reglas.')
  assert.equal(say('rules[0].name: is empty'), 'rules[0].name: está vacío')
  assert.equal(say('Level: The address is missing.'), 'Level: Falta la dirección.')
  assert.equal(say('pollMillis: must be at least 50'), 'pollMillis: debe ser 50 como mínimo')
  assert.equal(say('A tag is written ${Device:Tag}.'), 'Una variable se escribe ${Equipo:Variable}.')
  for (const text of ['', ': ', 'The moon is blue.', 'x: The moon is blue.']) assert.equal(say(text), undefined)
})
