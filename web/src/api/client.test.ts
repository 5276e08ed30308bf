import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressOf } from './client.ts'

test('parameters are put into the path, encoded; empty parts of the query are left out', () => {
  assert.deepEqual(addressOf('GET /api/acknowledge-link/:token', { params: { token: 'a/b?c' } }), {
    method: 'GET',
    url: '/api/acknowledge-link/a%2Fb%3Fc',
  })
  assert.deepEqual(addressOf('GET /api/alarms', { query: { state: 'active', text: '', severity: undefined, limit: 50 } }), {
    method: 'GET',
    url: '/api/alarms?state=active&limit=50',
  })
  assert.deepEqual(addressOf('POST /api/devices/:id/retry', { params: { id: 7 } }), { method: 'POST', url: '/api/devices/7/retry' })
})
