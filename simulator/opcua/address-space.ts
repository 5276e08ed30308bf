import { BuiltInType, NodeClass, keyOf, nodeId, type DataValue, type NodeId, type SpaceNode } from './node.ts'

/** The namespace of the variables; index 2, behind that of OPC UA and that of the server. */
export const PLANT_NAMESPACE = 2

export interface VariablePlan {
  /** Becomes the string identifier. */
  readonly id: string
  readonly name: string
  readonly type: typeof BuiltInType.Boolean | typeof BuiltInType.Double
  readonly unit: string
}

/** Well-known nodes of OPC UA (OPC 10000-6, A.3). */
const Known = { Root: 84, Objects: 85, Server: 2253, Status: 2256, Capabilities: 2268, Limits: 11_704 } as const
const Reference = { Organizes: 35, HasProperty: 46, HasComponent: 47 } as const
const Definition = {
  Folder: 61,
  Variable: 63,
  Property: 68,
  Server: 2004,
  ServerStatus: 2138,
  Capabilities: 2013,
  Limits: 11_564,
  Analog: 2368,
}

/** What a server shows: its own state, and a folder of variables. */
export class AddressSpace {
  readonly #nodes = new Map<string, SpaceNode>()
  readonly #variables = new Map<string, SpaceNode>()

  constructor(uri: string, folder: string, variables: readonly VariablePlan[]) {
    const root = this.#object(nodeId(Known.Root), 'Root', Definition.Folder, 0)
    const objects = this.#object(nodeId(Known.Objects), 'Objects', Definition.Folder, 0, root, Reference.Organizes)
    this.#addServer(objects, uri)
    const plant = this.#object(nodeId(folder, PLANT_NAMESPACE), folder, Definition.Folder, PLANT_NAMESPACE, objects, Reference.Organizes)
    for (const plan of variables) this.#addVariable(plant, plan)
  }

  find(id: NodeId): SpaceNode | undefined {
    return this.#nodes.get(keyOf(id))
  }

  /** A variable by its string identifier. */
  variable(id: string): SpaceNode | undefined {
    return this.#variables.get(id)
  }

  #addVariable(plant: SpaceNode, { id, name, type, unit }: VariablePlan): void {
    const first = data(type, type === BuiltInType.Boolean ? false : 0)
    const definition = unit === '' ? Definition.Variable : Definition.Analog
    const variable = this.#node({
      nodeId: nodeId(id, PLANT_NAMESPACE),
      nodeClass: NodeClass.Variable,
      name,
      namespace: PLANT_NAMESPACE,
      typeDefinition: definition,
      children: [],
      dataType: type,
      data: first,
    })
    plant.children.push({ reference: Reference.HasComponent, node: variable })
    this.#variables.set(id, variable)
    if (unit === '') return
    const property = nodeId(`${id}.EngineeringUnits`, PLANT_NAMESPACE)
    this.#value(property, 'EngineeringUnits', 887, data(BuiltInType.ExtensionObject, { unit }), variable)
  }

  #addServer(objects: SpaceNode, uri: string): void {
    const started = Date.now()
    const server = this.#object(nodeId(Known.Server), 'Server', Definition.Server, 0, objects, Reference.Organizes)
    const text = (value: string | readonly string[]): DataValue => data(BuiltInType.String, value, started)
    this.#value(nodeId(2254), 'ServerArray', 12, text([uri]), server)
    this.#value(nodeId(2255), 'NamespaceArray', 12, text(['http://opcfoundation.org/UA/', `${uri}:server`, uri]), server)
    const status = this.#object(nodeId(Known.Status), 'ServerStatus', Definition.ServerStatus, 0, server, Reference.HasComponent)
    this.#value(nodeId(2257), 'StartTime', 294, data(BuiltInType.DateTime, started, started), status)
    this.#value(nodeId(2258), 'CurrentTime', 294, () => data(BuiltInType.DateTime, Date.now()), status)
    this.#value(nodeId(2259), 'State', 852, () => data(BuiltInType.Int32, 0), status)
    this.#value(nodeId(2261), 'ProductName', 12, text('SyncTide demo PLC'), status)
    this.#value(nodeId(2264), 'SoftwareVersion', 12, text('1'), status)
    const capabilities = this.#object(nodeId(Known.Capabilities), 'ServerCapabilities', Definition.Capabilities, 0, server)
    const limits = this.#object(nodeId(Known.Limits), 'OperationLimits', Definition.Limits, 0, capabilities)
    for (const [id, name] of [
      [11_705, 'MaxNodesPerRead'],
      [11_710, 'MaxNodesPerBrowse'],
      [11_714, 'MaxMonitoredItemsPerCall'],
    ] as const) {
      // as a small controller has them
      this.#value(nodeId(id), name, 7, data(BuiltInType.UInt32, 100, started), limits)
    }
  }

  #object(id: NodeId, name: string, typeDefinition: number, namespace: number, parent?: SpaceNode, reference = 47): SpaceNode {
    const node = this.#node({
      nodeId: id,
      nodeClass: NodeClass.Object,
      name,
      namespace,
      typeDefinition,
      children: [],
      dataType: 0,
      data: null,
    })
    parent?.children.push({ reference, node })
    return node
  }

  #value(id: NodeId, name: string, dataType: number, value: SpaceNode['data'], parent: SpaceNode): void {
    const typeDefinition = Definition.Property
    const node = this.#node({
      nodeId: id,
      nodeClass: NodeClass.Variable,
      name,
      namespace: 0,
      typeDefinition,
      children: [],
      dataType,
      data: value,
    })
    parent.children.push({ reference: Reference.HasProperty, node })
  }

  #node(node: SpaceNode): SpaceNode {
    this.#nodes.set(keyOf(node.nodeId), node)
    return node
  }
}

function data(type: DataValue['type'], value: DataValue['value'], sourceTime = Date.now()): DataValue {
  return { type, value, status: 0, sourceTime }
}
