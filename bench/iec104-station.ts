import { Iec104Station } from '../simulator/iec104-station.ts'

// The station of bench/iec104.ts, in a process of its own so that it costs the driver no time: `events objectsPerTelegram`. Prints its port,
// and then "cut" for each line of its input, after cutting the connection. Ends with its input.
const [events = 50_000, objectsPerTelegram = 15] = process.argv.slice(2).map(Number)
const points = Array.from({ length: 100 }, (_, nth) => ({ commonAddress: 1, objectAddress: 1000 + nth, type: 'float' as const, value: 0 }))
await using station = await Iec104Station.start({ port: 0, points, objectsPerTelegram, bufferSize: 2 * events })
const from = Math.floor(Date.now()) * 1000 - 3_600_000_000
for (let nth = 0; nth < events; nth++) station.set(1, 1000 + (nth % 100), nth, from + nth * 1000)
console.log(station.port)
for await (const _ of process.stdin) {
  station.cut()
  console.log('cut')
}
