import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { ConfigError } from '#base/errors.ts'
import { parseWith } from './parse-with.ts'

const schema = z.strictObject({
  name: z.string().min(1).max(4).default('a'),
  code: z.string().min(3).default('abc'),
  port: z.int().min(1).max(65_535).default(25),
  share: z.number().lt(1).default(0),
  security: z.enum(['tls', 'none']).default('tls'),
  hosts: z.array(z.string()).max(2).default([]),
  own: z.string().regex(/^x/, 'It must begin with x.').default('x'),
  form: z.string().regex(/^x/).default('x'),
})

function refusal(raw: unknown): string {
  try {
    parseWith(schema, raw)
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return `${error.field}: ${error.message}`
  }
  return 'accepted'
}

test('what is wrong with a setting is said so that it can be put right', () => {
  assert.equal(refusal({ port: 70_000 }), 'port: Must be at most 65535')
  assert.equal(refusal({ port: 0 }), 'port: Must be at least 1')
  assert.equal(refusal({ port: 1.5 }), 'port: Must be a whole number')
  assert.equal(refusal({ port: 'x' }), 'port: Must be a number')
  assert.equal(refusal({ share: 1 }), 'share: Must be less than 1')
  assert.equal(refusal({ name: '' }), 'name: Is empty')
  assert.equal(refusal({ name: 'abcde' }), 'name: Is longer than 4 characters')
  assert.equal(refusal({ code: 'a' }), 'code: Needs at least 3 characters')
  assert.equal(refusal({ security: 'ssl' }), 'security: Must be "tls" or "none"')
  assert.equal(refusal({ hosts: ['a', 'b', 'c'] }), 'hosts: Must have at most 2 entries')
  assert.equal(refusal({ own: 'y' }), 'own: It must begin with x.')
  assert.equal(refusal({ form: 'y' }), 'form: Does not have the expected form')
  assert.equal(refusal({ pot: 1 }), ': Has no field called pot')
  assert.equal(refusal([]), ': Must be an object')
  assert.equal(refusal({}), 'accepted')
})
