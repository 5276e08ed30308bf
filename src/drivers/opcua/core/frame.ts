/** What a direction is called in the contract of drivers. */
type Direction = 'sent' | 'received'

const MESSAGES: Readonly<Record<string, string>> = {
  HEL: 'Hello',
  ACK: 'Acknowledge',
  ERR: 'Error',
  OPN: 'OpenSecureChannel',
  CLO: 'CloseSecureChannel',
  MSG: 'Message',
}

/** Binary encoding ids of the services that we use (Part 6, A.2); the response follows three later. */
const SERVICES = new Map<number, string>([
  [397, 'ServiceFault'],
  [428, 'GetEndpoints'],
  [461, 'CreateSession'],
  [467, 'ActivateSession'],
  [473, 'CloseSession'],
  [527, 'Browse'],
  [533, 'BrowseNext'],
  [631, 'Read'],
  [751, 'CreateMonitoredItems'],
  [787, 'CreateSubscription'],
  [826, 'Publish'],
  [832, 'Republish'],
  [841, 'TransferSubscriptions'],
  [847, 'DeleteSubscriptions'],
])

/** Header of a chunk and of its sequence: up to where the body begins in plain text (Part 6, 6.7.2). */
const BODY = 24
const ACTIVATE_SESSION = 467

/** One chunk in words: kind, size, channel and, in plain text, the service. */
export function describeFrame(direction: Direction, bytes: Uint8Array): string {
  if (bytes.length < 8) return `${bytes.length} bytes`
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const type = String.fromCharCode(...bytes.subarray(0, 3))
  const name = MESSAGES[type] ?? type
  const part = bytes[3] === 0x43 ? ', to be continued' : bytes[3] === 0x41 ? ', given up' : ''
  const size = `${view.getUint32(4, true)} bytes`
  if (type === 'ERR' && bytes.length >= 12) return `${name} 0x${view.getUint32(8, true).toString(16).toUpperCase()}, ${size}`
  if (type !== 'MSG' || bytes.length < BODY) return `${name}, ${size}${part}`
  const numbers = `channel ${view.getUint32(8, true)}, sequence ${view.getUint32(16, true)}, request ${view.getUint32(20, true)}`
  return `${serviceOf(direction, view) ?? 'Message, encrypted or continued'}, ${size}, ${numbers}${part}`
}

/** @returns the chunk without a log-in's secret: a user's token may travel in plain text where the policy is None */
export function withoutSecrets(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= BODY + 4) return bytes
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return encodingId(view) === ACTIVATE_SESSION ? bytes.subarray(0, BODY + 4) : bytes
}

function serviceOf(direction: Direction, view: DataView): string | undefined {
  const id = encodingId(view)
  if (id === undefined) return undefined
  const service = SERVICES.get(direction === 'sent' || id === 397 ? id : id - 3)
  if (service === undefined) return undefined
  return id === 397 ? service : `${service} ${direction === 'sent' ? 'request' : 'response'}`
}

/** The body begins with the id of its type, a NodeId of four bytes in namespace 0. */
function encodingId(view: DataView): number | undefined {
  if (view.byteLength < BODY + 4 || view.getUint8(BODY) !== 1 || view.getUint8(BODY + 1) !== 0) return undefined
  return view.getUint16(BODY + 2, true)
}
