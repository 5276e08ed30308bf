import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { openDatabase } from '#store/database.ts'

/** A message of the server: its type, the length of what follows, and that (PostgreSQL, Message Formats). */
function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type, 'latin1')
  head.writeInt32BE(4 + body.length, 1)
  return Buffer.concat([head, body])
}

const GREETING = Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))])
const FAREWELL = message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0'))

test('a server that says farewell in the breath of its greeting is an error of the query, not the end of the process', async () => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    // whatever it asks
    socket.once('data', () => socket.end(Buffer.concat([GREETING, FAREWELL])))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const db = openDatabase(`postgresql://nobody@127.0.0.1:${(server.address() as AddressInfo).port}/nothing`, { name: 'farewell', max: 1 })
  try {
    for (let time = 0; time < 3; time++) await assert.rejects(db.query('select 1'), { name: 'StoreError', code: 'store_unavailable' })
  } finally {
    await db.close()
    for (const socket of sockets) socket.destroy()
    server.close()
  }
})
