import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { ApiError } from '../../api/client.ts'
import { defaultsOf, errorsBelow, fieldErrors, fieldsOf, isMeant, splitSecrets } from './schema.ts'

const schema = z.toJSONSchema(
  z.strictObject({
    host: z.string().meta({ title: 'Host', examples: ['plc-01'] }),
    port: z.int().min(1).max(65535).default(502),
    order: z.enum(['ABCD', 'CDAB']).default('ABCD'),
    offset: z.union([z.literal(0), z.literal(1)]).default(0),
    swap: z.boolean(),
    ratio: z.number().nullable(),
    token: z.string().meta({ format: 'password' }),
    tls: z.strictObject({ verify: z.boolean().default(true) }),
    hosts: z.array(z.string()),
  }),
)

test('each field of a served schema has its kind, words and duty', () => {
  const fields = new Map(fieldsOf(schema).map((field) => [field.name, field]))
  const kinds = Object.fromEntries([...fields].map(([name, field]) => [name, field.kind]))
  assert.deepEqual(kinds, {
    host: 'text',
    port: 'integer',
    order: 'choice',
    offset: 'choice',
    swap: 'boolean',
    ratio: 'number',
    token: 'secret',
    tls: 'object',
    hosts: 'lines',
  })
  assert.equal(fields.get('host')?.required, true)
  assert.equal(fields.get('port')?.required, false, 'a default makes it optional')
  assert.equal(fields.get('ratio')?.nullable, true)
  assert.deepEqual(fields.get('offset')?.choices, [
    { value: 0, title: '0' },
    { value: 1, title: '1' },
  ])
})

test('a field is drawn only when the others give it a meaning', () => {
  const [name, key] = fieldsOf({
    type: 'object',
    properties: { name: { when: { identity: 'userName' } }, key: { when: { identity: ['userName', 'certificate'] } } },
  })
  assert.ok(name !== undefined && key !== undefined)
  assert.deepEqual(
    ['anonymous', 'userName', 'certificate'].map((identity) => [isMeant(name, { identity }), isMeant(key, { identity })]),
    [
      [false, false],
      [true, true],
      [false, true],
    ],
  )
})

test('a new form starts with the defaults', () => {
  assert.deepEqual(defaultsOf(schema), { port: 502, order: 'ABCD', offset: 0, swap: false, tls: { verify: true } })
})

test('secrets part from settings; an empty one is not sent', () => {
  assert.deepEqual(splitSecrets(schema, { host: 'a', token: 's3cret' }), { settings: { host: 'a' }, secrets: { token: 's3cret' } })
  assert.deepEqual(splitSecrets(schema, { host: 'a', token: '' }), { settings: { host: 'a' }, secrets: {} })
  assert.deepEqual(splitSecrets(schema, { token: null }), { settings: {}, secrets: { token: '' } }, 'taken away')
})

test('an error of the server finds its field, also a nested one', () => {
  const error = new ApiError(400, {
    code: 'invalid_request',
    message: 'Too long.',
    remedy: 'Shorten it.',
    field: 'connection.tls.name',
    requestId: 'x',
  })
  const errors = fieldErrors(error, 'connection')
  assert.deepEqual(errors, { 'tls.name': 'Too long. Shorten it.' })
  assert.deepEqual(errorsBelow(errors, 'tls'), { name: 'Too long. Shorten it.' })
  assert.deepEqual(fieldErrors(error, 'settings'), {})
  assert.deepEqual(fieldErrors(new Error('x')), {})
})
