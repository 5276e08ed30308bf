import assert from 'node:assert/strict'
import { test } from 'node:test'
import { getStatusCodeFromCode } from 'node-opcua'
import { boundedWarn } from './quiet-library.ts'

test('a status code that the library does not know is told once, however many values carry it; other words pass', (t) => {
  const told: unknown[][] = []
  const warn = console.warn
  console.warn = boundedWarn((...words) => void told.push([...words]))
  t.after(() => void (console.warn = warn))
  for (let value = 0; value < 1000; value++) getStatusCodeFromCode(0x80ff_0000 + (value % 3))
  assert.equal(told.length, 1)
  assert.match(String(told[0]), /0x80ff0000/)
  for (let code = 1; code < 5000; code++) getStatusCodeFromCode(0x8f00_0000 + code * 0x1_0000)
  assert.equal(told.length, 100)
  console.warn('something else')
  console.warn('something else')
  assert.equal(told.length, 102)
})
