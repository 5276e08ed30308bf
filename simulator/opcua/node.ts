export interface NodeId {
  readonly namespace: number
  readonly id: number | string
}

export const nodeId = (id: number | string, namespace = 0): NodeId => ({ namespace, id })

export const keyOf = ({ namespace, id }: NodeId): string => `${namespace}/${typeof id}/${id}`

/** OPC 10000-6, 5.1.2. */
export const BuiltInType = { Boolean: 1, Int32: 6, UInt32: 7, Double: 11, String: 12, DateTime: 13, ExtensionObject: 22 } as const
export type BuiltInType = (typeof BuiltInType)[keyof typeof BuiltInType]

export const NodeClass = { Object: 1, Variable: 2 } as const
export type NodeClass = (typeof NodeClass)[keyof typeof NodeClass]

export const Status = {
  Good: 0,
  BadServiceUnsupported: 0x800b_0000,
  BadSessionIdInvalid: 0x8025_0000,
  BadSubscriptionIdInvalid: 0x8028_0000,
  BadNodeIdUnknown: 0x8034_0000,
  BadAttributeIdInvalid: 0x8035_0000,
  BadContinuationPointInvalid: 0x804a_0000,
  BadMessageNotAvailable: 0x807b_0000,
  BadDeviceFailure: 0x808b_0000,
} as const

export interface DataValue {
  readonly type: BuiltInType
  /** An ExtensionObject is given as its encoding: type id and body. */
  readonly value: boolean | number | string | readonly string[] | EngineeringUnits | null
  readonly status: number
  /** Milliseconds since 1970. */
  readonly sourceTime: number
}

/** EUInformation (OPC 10000-8, 5.6.3). */
export interface EngineeringUnits {
  readonly unit: string
}

export interface SpaceNode {
  readonly nodeId: NodeId
  readonly nodeClass: NodeClass
  readonly name: string
  /** Namespace of the browse name. */
  readonly namespace: number
  readonly typeDefinition: number
  readonly children: { readonly reference: number; readonly node: SpaceNode }[]
  /** DataType attribute of a variable. */
  readonly dataType: number
  /** What a variable holds now; a function where it is made up at each look. */
  data: DataValue | (() => DataValue) | null
}

export function currentData({ data }: SpaceNode): DataValue | null {
  return typeof data === 'function' ? data() : data
}
