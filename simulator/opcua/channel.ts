import type { Socket } from 'node:net'
import { BinaryReader } from './binary-reader.ts'
import { BinaryWriter } from './binary-writer.ts'
import { nodeId } from './node.ts'

/** One request, with what its answer needs. */
export interface ServiceCall {
  readonly channel: Channel
  readonly requestId: number
  /** Numeric id of the request's encoding. */
  readonly typeId: number
  /** Authentication token of the session. */
  readonly token: string
  readonly handle: number
  /** Behind the request header. */
  readonly body: BinaryReader
}

const SERVICE_FAULT = 397
const OPEN_CHANNEL = { request: 446, response: 449 } as const
const LIFETIME_MILLIS = 3_600_000
const HEADER = 8
const MOST = 1024 * 1024
/** Of a message chunk: message header, channel, token, sequence and request id. */
const CHUNK_HEADER = 24

/** One TCP connection with its secure channel of the policy None (OPC 10000-6, 6.7 and 7.1). */
export class Channel {
  readonly socket: Socket
  readonly #id: number
  readonly #onCall: (call: ServiceCall) => void
  #rest = Buffer.alloc(0)
  #parts: Buffer[] = []
  #chunkBytes = 8192
  #sequence = 0
  #tokenId = 0

  constructor(socket: Socket, id: number, onCall: (call: ServiceCall) => void) {
    this.socket = socket
    this.#id = id
    this.#onCall = onCall
    socket.setNoDelay(true)
  }

  /** @throws Error for what is no OPC UA: then the connection is to be ended */
  take(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk])
    while (this.#rest.length >= HEADER) {
      const length = this.#rest.readUInt32LE(4)
      if (length < HEADER || length > MOST) throw new RangeError('no length of a message')
      if (this.#rest.length < length) return
      const message = this.#rest.subarray(0, length)
      this.#rest = this.#rest.subarray(length)
      this.#onChunk(message)
    }
  }

  /** @param body written behind the response header */
  respond({ requestId, handle }: Pick<ServiceCall, 'requestId' | 'handle'>, typeId: number, body: (writer: BinaryWriter) => void): void {
    this.#send('MSG', requestId, this.#response(typeId, handle, 0, body))
  }

  refuse({ requestId, handle }: Pick<ServiceCall, 'requestId' | 'handle'>, status: number): void {
    this.#send('MSG', requestId, this.#response(SERVICE_FAULT, handle, status))
  }

  #response(typeId: number, handle: number, status: number, body?: (writer: BinaryWriter) => void): Buffer {
    const writer = new BinaryWriter().nodeId(nodeId(typeId)).dateTime(Date.now()).uint32(handle).uint32(status)
    writer.uint8(0).nothing().emptyExtensionObject()
    body?.(writer)
    return writer.finish()
  }

  #onChunk(message: Buffer): void {
    const kind = message.toString('latin1', 0, 3)
    if (kind === 'HEL') return this.#onHello(message)
    if (kind === 'CLO') return void this.socket.end()
    const reader = new BinaryReader(message.subarray(HEADER))
    reader.uint32()
    if (kind === 'OPN') for (let field = 0; field < 3; field++) reader.byteString()
    else if (kind === 'MSG') reader.uint32()
    else throw new TypeError(`no message: ${kind}`)
    reader.uint32()
    const requestId = reader.uint32()
    if (kind === 'OPN') return this.#onRequest(reader, requestId)
    this.#parts.push(message.subarray(CHUNK_HEADER))
    if (message.toString('latin1', 3, 4) === 'C') return
    const whole = Buffer.concat(this.#parts.splice(0))
    if (message.toString('latin1', 3, 4) === 'F') this.#onRequest(new BinaryReader(whole), requestId)
  }

  #onHello(message: Buffer): void {
    const reader = new BinaryReader(message.subarray(HEADER))
    reader.uint32()
    this.#chunkBytes = Math.max(8192, Math.min(65_536, reader.uint32()))
    const body = new BinaryWriter().uint32(0).uint32(65_536).uint32(this.#chunkBytes).uint32(MOST).uint32(0).finish()
    this.socket.write(Buffer.concat([head('ACK', 'F', HEADER + body.length), body]))
  }

  #onRequest(body: BinaryReader, requestId: number): void {
    const typeId = Number(body.nodeId().id)
    const token = String(body.nodeId().id)
    body.skipDateTime()
    const handle = body.uint32()
    body.uint32()
    body.string()
    body.uint32()
    body.extensionObject()
    if (typeId === OPEN_CHANNEL.request) return this.#open(requestId, handle)
    this.#onCall({ channel: this, requestId, typeId, token, handle, body })
  }

  #open(requestId: number, handle: number): void {
    const tokenId = ++this.#tokenId
    const body = this.#response(OPEN_CHANNEL.response, handle, 0, (writer) => {
      writer.uint32(0).uint32(this.#id).uint32(tokenId).dateTime(Date.now()).uint32(LIFETIME_MILLIS).byteString(null)
    })
    this.#send('OPN', requestId, body)
  }

  #send(kind: 'OPN' | 'MSG', requestId: number, body: Buffer): void {
    if (this.socket.destroyed) return
    const chunks: Buffer[] = []
    const room = this.#chunkBytes - CHUNK_HEADER
    for (let from = 0; from < body.length; from += room) {
      const part = body.subarray(from, from + room)
      const security = new BinaryWriter().uint32(this.#id)
      if (kind === 'OPN') security.string('http://opcfoundation.org/UA/SecurityPolicy#None').byteString(null).byteString(null)
      else security.uint32(this.#tokenId)
      const before = security
        .uint32(++this.#sequence)
        .uint32(requestId)
        .finish()
      const last = from + room >= body.length
      chunks.push(head(kind, last ? 'F' : 'C', HEADER + before.length + part.length), before, part)
    }
    this.socket.write(Buffer.concat(chunks))
  }
}

function head(kind: string, chunk: 'F' | 'C', length: number): Buffer {
  const bytes = Buffer.alloc(HEADER)
  bytes.write(`${kind}${chunk}`, 'latin1')
  bytes.writeUInt32LE(length, 4)
  return bytes
}
