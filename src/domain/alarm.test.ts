import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attributionText } from './alarm.ts'

test('attribution reads as the console, history and reports show it', () => {
  assert.equal(attributionText({ by: 'platform', user: 'Administrator' }), 'Platform: Administrator')
  assert.equal(attributionText({ by: 'telegram', firstName: 'Tiago', lastName: 'gomes' }), 'Telegram: Tiago G.')
  assert.equal(attributionText({ by: 'telegram', firstName: 'Ana', lastName: '' }), 'Telegram: Ana')
  assert.equal(attributionText({ by: 'telegram', firstName: ' Zoë ', lastName: ' Ávila' }), 'Telegram: Zoë Á.')
  assert.equal(attributionText({ by: 'sms', number: '+351 912 345 678' }), 'SMS: +351 912 345 678')
  assert.equal(attributionText({ by: 'whatsapp', number: '+351 912 345 678' }), 'WhatsApp: +351 912 345 678')
  assert.equal(attributionText({ by: 'token', contact: 'Control room' }), 'Token: Control room')
  assert.equal(attributionText({ by: 'system', reason: 'returned to normal' }), 'System: returned to normal')
})
