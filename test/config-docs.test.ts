import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { BOOTSTRAP_KEYS } from '#host/config.ts'

test('docs/config.md lists every key of the environment with its default, and no other', () => {
  const text = readFileSync(fileURLToPath(new URL('../docs/config.md', import.meta.url)), 'utf8')
  const rows = [...text.matchAll(/^\| `(SYNCTIDE_\w+)` \| `([^`]*)` \|/gm)].map((row) => [row[1], row[2]])
  assert.deepEqual(rows, Object.entries(BOOTSTRAP_KEYS))
})
