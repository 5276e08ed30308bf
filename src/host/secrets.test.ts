import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { ConfigError } from '#base/errors.ts'
import { Secret, openKey, seal, unseal } from './secrets.ts'

test('what is sealed opens with the same key only, and not when a bit was changed', () => {
  const key = randomBytes(32)
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(), (text, place) => {
      const sealed = seal(key, text)
      assert.equal(unseal(key, sealed), text.toWellFormed())
      assert.throws(() => unseal(randomBytes(32), sealed), ConfigError)
      const changed = Uint8Array.from(sealed)
      const at = place % changed.length
      changed[at] = (changed[at] ?? 0) ^ 1
      assert.throws(() => unseal(key, changed), ConfigError)
    }),
  )
})

test('the key is made once, for this account only', () => {
  const folder = mkdtempSync(join(tmpdir(), 'synctide-key-'))
  try {
    const first = openKey(folder)
    assert.deepEqual(openKey(folder), first)
    assert.equal(statSync(join(folder, 'keys/secrets.key')).mode & 0o777, 0o400)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a secret does not print', () => {
  const secret = new Secret('123:abc')
  assert.equal(`${String(secret)} ${JSON.stringify({ secret })} ${inspect({ secret })}`.includes('abc'), false)
  assert.equal(secret.reveal(), '123:abc')
})
