import { TestServer } from '../test/support/opcua-server.ts'

// The server of bench/opcua.ts, in a process of its own: `variables` Double values; told `change <count> <millis>` it gives the first
// `count` of them a new value each time, told `change 0 0` it rests.
const [variables = 0, limit = 1000] = process.argv.slice(2).map(Number)
const server = await TestServer.start({ variables, limits: { read: limit, browse: limit, items: limit }, namespaces: ['urn:test:plant'] })
let changing: NodeJS.Timeout | undefined
let tick = 0
const names = Array.from({ length: variables }, (_, index) => `P${String(index + 1).padStart(4, '0')}`)

process.on('message', (message) => {
  const [count = 0, millis = 0] = (typeof message === 'string' ? message : '').split(' ').slice(1).map(Number)
  clearInterval(changing)
  if (count === 0) return
  changing = setInterval(() => {
    tick++
    for (const name of names.slice(0, count)) server.set(name, tick)
  }, millis)
})
process.on('disconnect', () => void server[Symbol.asyncDispose]().then(() => process.exit()))
process.send?.(server.endpointUrl)
