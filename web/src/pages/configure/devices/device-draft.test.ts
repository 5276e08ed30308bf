import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freshDevice, onProtocol, type Protocol } from './device-draft.ts'

/** As the server tells it of a protocol; a zone of '' is that of the machine, none is a protocol without one. */
function protocolOf(protocol: string, zone?: string): Protocol {
  const properties = {
    folder: { type: 'string', default: '' },
    ...(zone === undefined ? {} : { timeZone: { type: 'string', default: zone } }),
  }
  return { protocol, connectionSchema: { type: 'object', properties } } as unknown as Protocol
}

test("a new device begins with the site's zone where else the machine's would hold, and keeps its protocol's own zone", () => {
  const [csv, iec104, modbus] = [protocolOf('csv', ''), protocolOf('iec104', 'UTC'), protocolOf('modbus')]
  assert.deepEqual(freshDevice([csv], 'Europe/Lisbon').connection, { folder: '', timeZone: 'Europe/Lisbon' })
  const fresh = freshDevice([modbus, csv, iec104], 'America/Sao_Paulo')
  assert.deepEqual(fresh.connection, { folder: '' })
  assert.equal(onProtocol(fresh, csv, 'America/Sao_Paulo').connection['timeZone'], 'America/Sao_Paulo')
  assert.equal(onProtocol(fresh, iec104, 'America/Sao_Paulo').connection['timeZone'], 'UTC')
})
