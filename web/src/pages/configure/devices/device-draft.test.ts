import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadDriver } from '#drivers/catalogue.ts'
import { freshDevice, onProtocol, type Protocol } from './device-draft.ts'

async function protocolOf(protocol: string): Promise<Protocol> {
  const driver = await loadDriver(protocol)
  assert.ok(driver !== undefined)
  return { protocol, connectionSchema: driver.connectionSchema, tagSchema: driver.tagSchema } as unknown as Protocol
}

test("a new device begins with the site's zone where else the machine's would hold, and keeps its protocol's own zone", async () => {
  const [csv, iec104, modbus] = [await protocolOf('csv'), await protocolOf('iec104'), await protocolOf('modbus')]
  assert.equal(freshDevice([csv], 'Europe/Lisbon').connection['timeZone'], 'Europe/Lisbon')
  const fresh = freshDevice([modbus, csv, iec104], 'America/Sao_Paulo')
  assert.equal(fresh.connection['timeZone'], undefined)
  assert.equal(onProtocol(fresh, csv, 'America/Sao_Paulo').connection['timeZone'], 'America/Sao_Paulo')
  assert.equal(onProtocol(fresh, iec104, 'America/Sao_Paulo').connection['timeZone'], 'UTC')
})
