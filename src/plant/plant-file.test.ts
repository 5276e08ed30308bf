import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError } from '#base/errors.ts'
import { parsePlantFile } from './plant-file.ts'

const device = (code: string, more: Record<string, unknown> = {}) => ({
  code,
  name: code,
  protocol: 'modbus',
  connection: { host: 'plc' },
  ...more,
})

function problemsOf(raw: unknown): string[] {
  try {
    parsePlantFile(raw)
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.message.split('\n')
  }
  return []
}

test('defaults are filled in', () => {
  const file = parsePlantFile(JSON.stringify({ synctide: 1, devices: [device('PS-01', { tags: [{ name: 'Flow', address: 'HR0' }] })] }))
  const [first] = file.devices ?? []
  assert.equal(first?.pollMillis, 1000)
  assert.deepEqual(first?.tags[0]?.rules, [])
  assert.equal(file.contacts, undefined)
})

test('an unknown key is refused with its place and the nearest name', () => {
  const tags = [
    { name: 'Flow', adress: 'HR0' },
    { name: 'Level', address: 'HR2', colour: 'red' },
  ]
  assert.deepEqual(problemsOf({ synctide: 1, device: [], devices: [device('BH-01'), device('PS-01', { tags, polMillis: 5 })] }), [
    'devices[1] (PS-01).tags[0] (Flow).address: is missing',
    'devices[1] (PS-01).tags[0] (Flow).adress: there is no such key; did you mean address?',
    'devices[1] (PS-01).tags[1] (Level).colour: there is no such key.',
    'devices[1] (PS-01).polMillis: there is no such key; did you mean pollMillis?',
    'device: there is no such key; did you mean devices?',
  ])
})

test('names that the database would refuse are found first', () => {
  const rule = { name: 'High', operator: '>', setpoint: 1 }
  const tags = [{ name: 'Flow', address: 'HR0', rules: [rule, { ...rule, name: 'HIGH' }] }]
  assert.deepEqual(problemsOf({ synctide: 1, devices: [device('PS-01', { tags }), device('ps-01')] }), [
    'devices[1]: device ps-01 stands at [0] already.',
    'devices[0] (PS-01).tags[0] (Flow).rules[1]: rule HIGH stands at [0] already.',
  ])
})

test('what is not JSON says so', () => {
  assert.match(problemsOf('{ "synctide": 1, ')[0] ?? '', /^The plant file is not JSON/)
  assert.match(problemsOf({ synctide: 2 })[0] ?? '', /^synctide: /)
  assert.match(problemsOf([])[0] ?? '', /^The file: /)
})
