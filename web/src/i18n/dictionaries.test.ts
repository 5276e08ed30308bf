import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { en } from './en.ts'
import { enFirst } from './en-first.ts'
import { es } from './es.ts'
import { pt } from './pt.ts'
import { type Plural, translator } from './translate.ts'

const names = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').toSorted()
const forms = (entry: string | Plural): string[] =>
  typeof entry === 'string' ? [entry] : [entry.one, entry.other, ...(entry.many === undefined ? [] : [entry.many])]
const source: Readonly<Record<string, string | Plural>> = en

for (const [language, dictionary] of Object.entries({ pt, es })) {
  test(`${language} says everything, nothing else, and with the same parameters`, () => {
    const said: Readonly<Record<string, string | Plural>> = dictionary
    assert.deepEqual(Object.keys(said).toSorted(), Object.keys(source).toSorted())
    for (const [key, entry] of Object.entries(said)) {
      const wanted = names(forms(source[key] ?? '').at(-1) ?? '')
      for (const form of forms(entry)) {
        assert.notEqual(form.trim(), '', key)
        // "the alarm" may leave out its number; the form for many may not.
        const needed = typeof entry !== 'string' && form === entry.one ? names(form).filter((name) => wanted.includes(name)) : wanted
        assert.deepEqual(names(form), needed, `${language} ${key}`)
      }
    }
  })

  test(`${language} is translated: hardly a sentence is still English`, () => {
    const said: Readonly<Record<string, string | Plural>> = dictionary
    const sentences = Object.entries(source).filter(([, entry]) => typeof entry === 'string' && entry.split(' ').length > 3)
    const same = sentences.filter(([key, entry]) => said[key] === entry).map(([key]) => key)
    assert.deepEqual(same, [])
  })
}

test('numbers, plurals and unknown parameters', () => {
  const t = translator(en, 'en')
  assert.equal(t('home.devices', { count: 1 }), '1 device')
  assert.equal(t('home.devices', { count: 1234 }), '1,234 devices')
  assert.equal(translator(pt, 'pt')('home.devices', { count: 12345 }), '12 345 equipamentos'.replace(' ', '\u00a0'))
  assert.equal(translator(es, 'es')('home.devices', { count: 0 }), '0 equipos')
  assert.equal(t('time.ago', { age: '6 min' }), '6 min ago')
})

test('pages that come first use only words that are there first', () => {
  const root = join(import.meta.dirname, '..')
  const late =
    /^(pages\/(alarms|configure|curves|diagnostics|kpis|messages|performance|trends)\/|i18n\/|widgets\/(saving|event-text|saved-views|trend|curve|formula|schema-form|told-text)|.*\.test\.ts$)/
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file) && !late.test(file))
  assert.ok(files.includes(join('pages', 'home', 'home.tsx')))
  const later = Object.keys(en).filter((key) => !(key in enFirst))
  const used = files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8')
    // `status.${one}` may be any word that begins so
    const begun = [...text.matchAll(/t\(`([\w.]+)\$\{/g)].map((match) => match[1] ?? '')
    return later.filter((key) => text.includes(`'${key}'`) || begun.some((start) => key.startsWith(start))).map((key) => `${file}: ${key}`)
  })
  assert.deepEqual(used, [])
})
