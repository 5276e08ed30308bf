import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actionWord, changedFields } from './audit-text.ts'

test('what somebody did is said by a word, whatever the route', () => {
  assert.equal(actionWord('POST /api/login'), 'audit.loggedIn')
  assert.equal(actionWord('POST /api/devices'), 'audit.added')
  assert.equal(actionWord('PUT /api/devices/:id'), 'audit.changed')
  assert.equal(actionWord('DELETE /api/rules/:id'), 'audit.removed')
  assert.equal(actionWord('POST /api/gateways/:channel/test'), 'audit.tested')
  assert.equal(actionWord('POST /api/services/:name/restart'), 'audit.restarted')
  assert.equal(actionWord('plant.apply'), 'audit.applied')
  assert.equal(actionWord('something.new'), undefined)
})

test('only what differs is shown, by its path', () => {
  const before = { code: 'PS-01', pollMillis: 1000, connection: { host: 'a', port: 502 }, tags: ['x'], area: null }
  assert.deepEqual(changedFields(before, { ...before, pollMillis: 2000, connection: { host: 'a', port: 503 }, area: 'North' }), [
    { field: 'pollMillis', before: '1000', after: '2000' },
    { field: 'connection.port', before: '502', after: '503' },
    { field: 'area', before: '–', after: 'North' },
  ])
  assert.deepEqual(changedFields(undefined, { login: 'bob', roles: [{ a: 1 }, 'b'] }), [
    { field: 'login', before: undefined, after: 'bob' },
    { field: 'roles', before: undefined, after: '{"a":1}, b' },
  ])
  assert.deepEqual(changedFields(before, before), [])
  assert.deepEqual(changedFields('a', 'b'), [{ field: 'value', before: 'a', after: 'b' }])
})
