import assert from 'node:assert/strict'
import { test } from 'node:test'
import { weaknessOf } from './password-policy.ts'

test('what everybody tries is refused, a sentence is not', () => {
  for (const weak of [
    'aaaaaaaaaaaa',
    'password1234',
    'Passw0rd!2026',
    'admin-admin-1',
    '123456789012',
    'abcdefghijklm',
    'anasousa-2026x',
    'qwertyqwerty',
  ]) {
    assert.notEqual(weaknessOf(weak, 'anasousa'), undefined, weak)
  }
  for (const good of ['correct horse battery', 'k7#mQ2!vRt9z', 'a água do rio sobe', 'welcome to the waterworks'])
    assert.equal(weaknessOf(good, 'ana'), undefined, good)
})
