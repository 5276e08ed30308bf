import { TestServer } from './opcua-server.ts'

// A TestServer in a process of its own (see served-opcua.ts): `variables` Double values; told `change <count> <millis>` it gives the first
// `count` of them a new value each time, told `change 0 0` it rests; told `set <name> <text>` it sets that variable.
const [variables = 0, limit = 1000, maxSessions = 10] = process.argv.slice(2).map(Number)
const limits = { read: limit, browse: limit, items: limit }
const server = await TestServer.start({ variables, limits, maxSessions, namespaces: ['urn:test:plant'] })
let changing: NodeJS.Timeout | undefined
let tick = 0
const names = Array.from({ length: variables }, (_, index) => `P${String(index + 1).padStart(4, '0')}`)

process.on('message', (message) => {
  const [word = '', name = '', value = ''] = (typeof message === 'string' ? message : '').split(' ')
  if (word === 'set') return server.set(name, value)
  clearInterval(changing)
  if (Number(name) === 0) return
  changing = setInterval(() => {
    tick++
    for (const one of names.slice(0, Number(name))) server.set(one, tick)
  }, Number(value))
})
process.on('disconnect', () => void server[Symbol.asyncDispose]().then(() => process.exit()))
process.send?.(server.endpointUrl)
