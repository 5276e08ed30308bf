import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bestLanguage } from './language.ts'

test('the first language of the browser that we speak, whatever the country', () => {
  assert.equal(bestLanguage(['pt-BR', 'en']), 'pt')
  assert.equal(bestLanguage(['de-DE', 'es-MX', 'en']), 'es')
  assert.equal(bestLanguage(['EN-us']), 'en')
  assert.equal(bestLanguage(['de', 'fr']), 'en')
  assert.equal(bestLanguage([]), 'en')
})
