import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { plantFileSchema } from '#plant/plant-file.ts'

test('the published schema of the plant file is the one in force', () => {
  const published: unknown = JSON.parse(readFileSync(new URL('../docs/plant-file.schema.json', import.meta.url), 'utf8'))
  assert.deepEqual(published, plantFileSchema(), 'write it anew: npm run synctide -- export --schema > docs/plant-file.schema.json')
})
