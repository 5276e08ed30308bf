import { createDriver } from '#drivers/modbus/driver.ts'
import { type Bank, ModbusServer } from '../../simulator/modbus-server.ts'
import { type ConformancePeer, conformance } from '../support/conformance.ts'

async function peer(): Promise<ConformancePeer> {
  const holding = new Uint16Array(10)
  const bank: Bank = { holding, input: holding, coils: new Uint8Array(0), discrete: new Uint8Array(0) }
  const banks = new Map([[1, bank]])
  let server = await ModbusServer.start({ port: 0, banks })
  const { port } = server
  return {
    port,
    set: (value) => void (holding[0] = value),
    async restart() {
      await server[Symbol.asyncDispose]()
      server = await ModbusServer.start({ port, banks })
    },
    [Symbol.asyncDispose]: async () => await server[Symbol.asyncDispose](),
  }
}

conformance('modbus', {
  driver: createDriver,
  peer,
  connection: (port) => ({ host: '127.0.0.1', port, connectTimeoutMillis: 1000 }),
  tags: [
    { name: 'First', address: 'HR0', settings: {} },
    { name: 'Second', address: 'HR1', settings: {} },
    { name: 'Sixth', address: 'HR5', settings: { dataType: 'uint32' } },
  ],
})
