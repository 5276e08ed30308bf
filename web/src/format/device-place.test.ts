import assert from 'node:assert/strict'
import { test } from 'node:test'
import { placeOf } from './device-place.ts'

test('each protocol says where a device is found', () => {
  for (const [protocol, connection, place] of [
    ['modbus', { host: '10.0.0.1', port: 502, unitId: 3 }, '10.0.0.1:502 · unit 3'],
    ['opcua', { endpointUrl: 'opc.tcp://plc:4840', mode: 'poll' }, 'opc.tcp://plc:4840'],
    ['iec104', { host: 'rtu', port: 2404, commonAddress: 7 }, 'rtu:2404 · CA 7'],
    ['mqtt', { broker: 'PLANT', kind: 'topics', topicPrefix: 'north/p1', groupId: '' }, 'PLANT · north/p1'],
    ['mqtt', { broker: 'PLANT', topicPrefix: '', groupId: 'North', edgeNodeId: 'G1', deviceId: '' }, 'PLANT · North/G1'],
    ['csv', { folder: '' }, 'raw_data/FM-01'],
    ['other', {}, ''],
  ] as const) {
    assert.equal(placeOf({ code: 'FM-01', protocol, connection }), place)
  }
})
