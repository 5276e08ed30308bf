import { ConfigError } from '#base/errors.ts'

/**
 * A node as it is written in a tag's address. The namespace is kept by its URI wherever it is known: its index belongs to one run of
 * the server and moves when the server's configuration changes (Part 3, 8.2.2).
 */
export interface NodeAddress {
  readonly namespace: string | number
  /** i numeric, s string, g guid, b opaque (Part 6, 5.3.1.10). */
  readonly identifierType: 'i' | 's' | 'g' | 'b'
  readonly identifier: string
  /** Of an element of an array, one index a dimension; null for the whole value. */
  readonly element: readonly number[] | null
}

export const OPC_UA_NAMESPACE = 'http://opcfoundation.org/UA/'

export const ADDRESS_HELP =
  'The node id of a variable: nsu=http://vendor.com/plc;s=Pump1.Flow with the URI of the namespace, or ns=3;s=Pump1.Flow with its number ' +
  '(which may change when the server is configured anew), or i=2258 in namespace 0. Identifiers are i= (number), s= (text), g= (GUID) or ' +
  'b= (base64). [3] at the end is an element of an array, counted from 0; [1,2] one of a matrix. Browse the server to pick nodes instead ' +
  'of typing.'

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/**
 * Reads `nsu=<uri>;s=...`, `ns=<index>;...` or an identifier alone (namespace 0), each with an optional `[n]`. A `[n]` behind a text
 * identifier may belong to the text, as with S7-1500: {@link literalOf} gives that reading.
 * @throws ConfigError naming `address`
 */
export function parseNodeAddress(text: string): NodeAddress {
  const trimmed = text.trim()
  const match = /^(?:nsu=([^;]*);|ns=([^;]*);)?([isgb])=([\s\S]*)$/.exec(trimmed)
  if (match === null) throw addressError(`"${trimmed}" is not a node id`)
  const [, uri, index, type = 's', rest = ''] = match
  const { identifier, element } = splitElement(rest)
  const address = { namespace: namespaceOf(uri, index), identifierType: type as NodeAddress['identifierType'], identifier, element }
  checkIdentifier(address, trimmed)
  return address
}

/** @returns the address as it is stored; parsing it gives the same address back. */
export function formatNodeAddress(address: NodeAddress): string {
  const { namespace, identifierType, identifier, element } = address
  const prefix =
    namespace === 0 || namespace === OPC_UA_NAMESPACE
      ? ''
      : typeof namespace === 'number'
        ? `ns=${namespace};`
        : `nsu=${escapeUri(namespace)};`
  return `${prefix}${identifierType}=${identifier}${element === null ? '' : `[${element.join(',')}]`}`
}

/**
 * @param namespaces the server's NamespaceArray
 * @returns the node id as this run of the server knows it, `ns=2;s=...`; undefined when it has no such namespace
 */
export function toServerNodeId(address: NodeAddress, namespaces: readonly string[]): string | undefined {
  const { namespace, identifierType, identifier } = address
  const index = typeof namespace === 'number' ? namespace : namespaces.indexOf(namespace)
  if (index < 0) return undefined
  return index === 0 ? `${identifierType}=${identifier}` : `ns=${index};${identifierType}=${identifier}`
}

/** @returns the other reading of `s=Array[3]`: a node of that very name; undefined where there is only one reading. */
export function literalOf(address: NodeAddress): NodeAddress | undefined {
  if (address.identifierType !== 's' || address.element === null) return undefined
  return { ...address, identifier: `${address.identifier}[${address.element.join(',')}]`, element: null }
}

function splitElement(text: string): { identifier: string; element: readonly number[] | null } {
  const match = /^([\s\S]+)\[(\d{1,9}(?:,\d{1,9})*)\]$/.exec(text)
  const [, identifier, indices] = match ?? []
  if (identifier === undefined || indices === undefined) return { identifier: text, element: null }
  const element = indices.split(',').map(Number)
  // [007] is part of a name, not an index
  return element.join(',') === indices ? { identifier, element } : { identifier: text, element: null }
}

function namespaceOf(uri: string | undefined, index: string | undefined): string | number {
  if (uri !== undefined) {
    if (uri === '') throw addressError('The namespace URI after nsu= is missing')
    const plain = unescapeUri(uri)
    return plain === OPC_UA_NAMESPACE ? 0 : plain
  }
  if (index === undefined) return 0
  if (!/^\d{1,5}$/.test(index) || Number(index) > 65_535) throw addressError(`ns=${index} is not a namespace number (0 to 65535)`)
  return Number(index)
}

function checkIdentifier({ identifierType, identifier }: NodeAddress, text: string): void {
  if (identifier === '') throw addressError(`The identifier after ${identifierType}= is missing in "${text}"`)
  if (identifierType === 'i' && !(/^\d{1,10}$/.test(identifier) && Number(identifier) <= 0xffff_ffff)) {
    throw addressError(`i=${identifier} is not a number from 0 to 4294967295`)
  }
  if (identifierType === 'g' && !GUID.test(identifier)) throw addressError(`g=${identifier} is not a GUID`)
  if (identifierType === 'b' && !BASE64.test(identifier)) throw addressError(`b=${identifier} is not base64`)
}

/** Part 6, 5.3.1.11: a URI may hold no semicolon and no per cent sign of its own. */
function escapeUri(uri: string): string {
  return uri.replaceAll('%', '%25').replaceAll(';', '%3B')
}

function unescapeUri(uri: string): string {
  return uri.replaceAll(/%3B/gi, ';').replaceAll('%25', '%')
}

function addressError(message: string): ConfigError {
  return new ConfigError('address', message, {
    remedy: 'Write it like nsu=http://vendor.com/plc;s=Pump1.Flow or ns=3;i=1001, or browse the server and tick the node.',
  })
}
