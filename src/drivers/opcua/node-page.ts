import { AttributeIds, NodeId, type DataValue, type ReferenceDescription } from 'node-opcua-client'
import type { BrowseNode, ProposedTag } from '../driver.ts'
import { formatBrowseKey, type BrowsePlace } from './core/browse-key.ts'
import { formatNodeAddress, type NodeAddress } from './core/node-id.ts'
import { isBad, isGood, statusText } from './core/status.ts'
import { kindOf, makeUnique, proposeTagName } from './core/tag-name.ts'
import { toMicros } from './core/timestamp.ts'
import { ArrayType, BuiltInType, convertVariant, type RawVariant } from './core/value.ts'
import { firstChildrenOf, type Children } from './references.ts'
import type { Server } from './server.ts'

/** A node that a Browse found, with the way to it. */
export interface FoundNode {
  readonly reference: ReferenceDescription
  readonly place: BrowsePlace
}

/** Properties of a variable are few; the unit is among the first. */
const PROPERTIES_SEEN = 20
const ELEMENTS_SHOWN = 8
/** Elements of longer arrays are not offered one by one. */
export const MOST_ELEMENTS = 1000

const TYPE_NAMES = new Map<number, string>(Object.entries(BuiltInType).map(([name, id]) => [id, name]))
const FOLDER_TYPE = 61
/** NodeClass (Part 3, 8.29); the library has two enums of that name. */
const OBJECT = 1
const VARIABLE = 2

/** @returns the address of a node, with its namespace by URI */
export function addressOf(nodeId: NodeId, namespaces: readonly string[]): NodeAddress {
  const namespace = nodeId.namespace === 0 ? 0 : (namespaces[nodeId.namespace] ?? nodeId.namespace)
  const { value } = nodeId
  if (Buffer.isBuffer(value)) return { namespace, identifierType: 'b', identifier: value.toString('base64'), element: null }
  const identifier = String(value)
  if (typeof value === 'number') return { namespace, identifierType: 'i', identifier, element: null }
  return { namespace, identifierType: /(^|;)g=/.test(nodeId.toString()) ? 'g' : 's', identifier, element: null }
}

export function foundNode(reference: ReferenceDescription, parent: BrowsePlace, namespaces: readonly string[]): FoundNode {
  const address = addressOf(reference.nodeId, namespaces)
  return { reference, place: { address, path: [...parent.path, nameOf(reference)] } }
}

/**
 * Everything that is shown beside each node, read in batches: value, status, time, unit, whether there is more below.
 * @throws DriverError, ServiceFault
 */
export async function describeNodes(found: readonly FoundNode[], server: Server, signal: AbortSignal): Promise<readonly BrowseNode[]> {
  const variables = found.filter(({ reference }) => isOfClass(reference, VARIABLE))
  const wanted = variables.flatMap(({ reference: { nodeId } }) => [
    { nodeId, attributeId: AttributeIds.Value },
    { nodeId, attributeId: AttributeIds.Description },
  ])
  // two calls under way at most
  const [children, answers] = await Promise.all([
    firstChildrenOf(
      found.map(({ reference }) => reference.nodeId),
      PROPERTIES_SEEN,
      server,
      signal,
    ),
    server.read(wanted, 2 * server.timeoutMillis, signal),
  ])
  const units = await readUnits(found, children, server, signal)
  const readings = new Map<FoundNode, Reading>()
  for (const [index, one] of variables.entries()) {
    readings.set(one, { value: answers[2 * index], description: textIn(answers[2 * index + 1]), unit: units.get(one) ?? '' })
  }
  const types = await declaredTypes(
    variables.filter((one) => isEmpty(readings.get(one)?.value)),
    server,
    signal,
  )
  const taken = new Set<string>()
  return found.map((one, index) => describe(one, children[index], readings.get(one), types.get(one), taken))
}

/** The elements of an array, each as a node of its own. */
export function elementNodes(place: BrowsePlace, data: DataValue, unit: string): readonly BrowseNode[] {
  const variant = data.value as RawVariant | null
  if (variant?.arrayType !== ArrayType.Array) return []
  const { length } = variant.value as { readonly length: number }
  const taken = new Set<string>()
  return Array.from({ length: Math.min(length, MOST_ELEMENTS) }, (_, index): BrowseNode => {
    const { value, status } = convertVariant(variant, [index])
    const address: NodeAddress = { ...place.address, element: [index] }
    const path = [...place.path, `[${index}]`]
    return {
      key: formatBrowseKey({ address, path }),
      name: `[${index}]`,
      path: path.join('/'),
      hasChildren: false,
      type: TYPE_NAMES.get(variant.dataType) ?? '',
      description: '',
      value: value === null ? null : String(value),
      good: status === 0 && isGood(data.statusCode.value),
      status: statusText(status === 0 ? data.statusCode.value : status),
      sourceTimestamp: timeOf(data),
      tag: proposal(address, path, variant.dataType, unit, taken),
    }
  })
}

interface Reading {
  readonly value: DataValue | undefined
  readonly description: string
  readonly unit: string
}

function describe(
  { reference, place }: FoundNode,
  children: Children | undefined,
  reading: Reading | undefined,
  declared: string | undefined,
  taken: Set<string>,
): BrowseNode {
  const below = (children?.references.length ?? 0) > 0 || children?.more === true
  const node = { key: formatBrowseKey(place), name: nameOf(reference), path: place.path.join('/') }
  if (reading === undefined) {
    const type = isOfClass(reference, OBJECT) ? objectType(reference) : ''
    return { ...node, hasChildren: below, type, description: '', value: null, good: true, status: '', sourceTimestamp: null, tag: null }
  }
  const data = reading.value
  const status = (data?.statusCode.value ?? 0) >>> 0
  // the library's Variant is null where the server sent none
  const variant = isBad(status) ? null : ((data?.value ?? null) as RawVariant | null)
  const isArray = variant !== null && variant.arrayType !== ArrayType.Scalar
  return {
    ...node,
    hasChildren: below || variant?.arrayType === ArrayType.Array,
    type: variant === null || variant.dataType === BuiltInType.Null ? (declared ?? '') : typeOf(variant),
    description: reading.description,
    value: variant === null ? null : valueText(variant),
    good: isGood(status),
    status: statusText(status),
    sourceTimestamp: data === undefined ? null : timeOf(data),
    tag: isArray ? null : proposal(place.address, place.path, variant?.dataType ?? BuiltInType.Null, reading.unit, taken, declared),
  }
}

function proposal(
  address: NodeAddress,
  path: readonly string[],
  dataType: number,
  unit: string,
  taken: Set<string>,
  declared = '',
): ProposedTag | null {
  const known = dataType === BuiltInType.Null ? (BuiltInType as Readonly<Record<string, number>>)[declared] : dataType
  const kind = known === undefined ? null : kindOf(known)
  if (kind === null) return null
  return { name: makeUnique(proposeTagName(path), taken), address: formatNodeAddress(address), settings: {}, kind, unit: unit.slice(0, 40) }
}

async function readUnits(
  found: readonly FoundNode[],
  children: readonly Children[],
  server: Server,
  signal: AbortSignal,
): Promise<ReadonlyMap<FoundNode, string>> {
  const asked = found.flatMap((one, index) => {
    const nodeId = unitNodeIn(children[index])
    return nodeId === undefined ? [] : [{ one, wanted: { nodeId, attributeId: AttributeIds.Value } }]
  })
  const answers = await server.read(
    asked.map(({ wanted }) => wanted),
    server.timeoutMillis,
    signal,
  )
  return new Map(asked.map(({ one }, index) => [one, unitIn(answers[index])]))
}

/** For variables that have no value now: what the server says they will hold. */
async function declaredTypes(found: readonly FoundNode[], server: Server, signal: AbortSignal): Promise<ReadonlyMap<FoundNode, string>> {
  const wanted = found.flatMap(({ reference: { nodeId } }) => [
    { nodeId, attributeId: AttributeIds.DataType },
    { nodeId, attributeId: AttributeIds.ValueRank },
  ])
  const answers = await server.read(wanted, server.timeoutMillis, signal)
  const types = new Map<FoundNode, string>()
  for (const [index, one] of found.entries()) {
    const dataType: unknown = answers[2 * index]?.value.value
    const rank: unknown = answers[2 * index + 1]?.value.value
    const name = dataType instanceof NodeId ? (standardType(dataType) ?? dataType.toString()) : ''
    types.set(one, typeof rank === 'number' && rank >= 0 ? `${name}[]` : name)
  }
  return types
}

function standardType({ namespace, value }: NodeId): string | undefined {
  return namespace === 0 && typeof value === 'number' ? TYPE_NAMES.get(value) : undefined
}

function isEmpty(data: DataValue | undefined): boolean {
  const variant = (data?.value ?? null) as RawVariant | null
  return variant === null || variant.dataType === BuiltInType.Null
}

function unitNodeIn(children: Children | undefined): NodeId | undefined {
  return children?.references.find(({ browseName }) => browseName.namespaceIndex === 0 && browseName.name === 'EngineeringUnits')?.nodeId
}

/** The display name of an EUInformation (Part 8, 5.6.3). */
function unitIn(data: DataValue | undefined): string {
  if (data === undefined || isBad(data.statusCode.value)) return ''
  const information: unknown = data.value.value
  if (typeof information !== 'object' || information === null || !('displayName' in information)) return ''
  const { displayName } = information
  if (typeof displayName !== 'object' || displayName === null || !('text' in displayName)) return ''
  return typeof displayName.text === 'string' ? displayName.text.trim() : ''
}

function textIn(data: DataValue | undefined): string {
  if (data === undefined || isBad(data.statusCode.value)) return ''
  const { value } = convertVariant(data.value, null)
  return typeof value === 'string' ? value : ''
}

function nameOf({ displayName, browseName }: ReferenceDescription): string {
  // names go into keys and paths line by line
  return (displayName.text ?? browseName.name ?? '').replaceAll(/[\r\n]+/g, ' ').trim() || '?'
}

function isOfClass(reference: ReferenceDescription, nodeClass: number): boolean {
  const found: number = reference.nodeClass
  return found === nodeClass
}

function objectType({ typeDefinition }: ReferenceDescription): string {
  return typeDefinition.namespace === 0 && typeDefinition.value === FOLDER_TYPE ? 'Folder' : 'Object'
}

function typeOf({ dataType, arrayType, value, dimensions }: RawVariant): string {
  const name = TYPE_NAMES.get(dataType) ?? String(dataType)
  if (arrayType === ArrayType.Scalar) return name
  return `${name}[${arrayType === ArrayType.Matrix ? (dimensions ?? []).join(',') : ((value as { length?: number } | null)?.length ?? 0)}]`
}

function valueText(variant: RawVariant): string | null {
  if (variant.arrayType === ArrayType.Scalar) {
    const { value } = convertVariant(variant, null)
    return value === null ? null : String(value)
  }
  const { length } = (variant.value ?? []) as { readonly length: number }
  const shown = Array.from({ length: Math.min(length, ELEMENTS_SHOWN) }, (_, index) =>
    String(convertVariant(variant, [index]).value ?? '?'),
  )
  return `[${shown.join(', ')}${length > ELEMENTS_SHOWN ? ', …' : ''}]`
}

function timeOf(data: DataValue): number | null {
  const at = data.sourceTimestamp
  return at === null ? null : (toMicros({ millis: at.getTime(), picoseconds: data.sourcePicoseconds }) ?? null)
}
