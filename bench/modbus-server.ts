import { type AddressInfo, createServer } from 'node:net'

// The server of bench/modbus.ts: 1,000 holding registers that hold their own address, answered as fast as Node can, all requests of a
// packet in one write. A process of its own, so that it costs neither client its time. Ends with its input.
const HEADER = 7
const REQUEST = HEADER + 5

function reply(request: Buffer): Buffer {
  const [start, quantity] = [request.readUInt16BE(8), request.readUInt16BE(10)]
  const answer = Buffer.allocUnsafe(HEADER + 2 + quantity * 2)
  request.copy(answer, 0, 0, HEADER + 1)
  answer.writeUInt16BE(3 + quantity * 2, 4)
  answer.writeUInt8(quantity * 2, 8)
  for (let i = 0; i < quantity; i++) answer.writeUInt16BE(start + i, 9 + i * 2)
  return answer
}

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => undefined)
  let rest: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const answers: Buffer[] = []
    for (; rest.length >= REQUEST; rest = rest.subarray(REQUEST)) answers.push(reply(rest))
    const [only] = answers
    if (only !== undefined) socket.write(answers.length === 1 ? only : Buffer.concat(answers))
  })
})
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
process.stdin.resume()
process.stdin.once('end', () => process.exit())
