import { ModbusServer } from '../simulator/modbus-server.ts'

// The server of bench/modbus.ts, in a process of its own so that it costs neither client its time. Ends with its input.
const holding = Uint16Array.from({ length: 125 }, (_, i) => i)
const unit = { holding, input: new Uint16Array(0), coils: new Uint8Array(0), discrete: new Uint8Array(0) }
await using server = await ModbusServer.start({ port: 0, banks: new Map([[1, unit]]) })
console.log(server.port)
for await (const _ of process.stdin);
