import { randomBytes } from 'node:crypto'
import type { AddressSpace } from './address-space.ts'
import type { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import type { Channel, ServiceCall } from './channel.ts'
import { NodeClass, Status, currentData, nodeId, type DataValue, type SpaceNode } from './node.ts'
import { Subscription } from './subscription.ts'

/** Ids of the binary encodings (OPC 10000-6, A.3); each answer is three above its request. */
const Request = {
  GetEndpoints: 428,
  CreateSession: 461,
  ActivateSession: 467,
  CloseSession: 473,
  Browse: 527,
  BrowseNext: 533,
  Read: 631,
  CreateMonitoredItems: 751,
  DeleteMonitoredItems: 781,
  CreateSubscription: 787,
  Publish: 826,
  Republish: 832,
  TransferSubscriptions: 841,
  DeleteSubscriptions: 847,
} as const
const ANSWER = 3
const Attribute = {
  NodeId: 1,
  NodeClass: 2,
  BrowseName: 3,
  DisplayName: 4,
  Description: 5,
  Value: 13,
  DataType: 14,
  ValueRank: 15,
} as const
const LEAST_INTERVAL = 250
const MOST_WAITING = 20

interface Session {
  readonly token: string
  readonly timer: NodeJS.Timeout
  readonly timeout: number
  /** Publish requests that wait for a message, with what they acknowledged. */
  readonly waiting: { readonly call: ServiceCall; readonly results: readonly number[] }[]
}

interface Reference {
  readonly reference: number
  readonly node: SpaceNode
}

/** What the server does for its sessions: the services that a client which only reads may ask for. */
export class Services implements Disposable {
  readonly #space: AddressSpace
  readonly #self: { readonly endpointUrl: string; readonly applicationUri: string }
  readonly #sessions = new Map<string, Session>()
  readonly #subscriptions = new Map<number, { readonly subscription: Subscription; readonly timer: NodeJS.Timeout }>()
  /** References that a Browse had no room for, by the number of their continuation point. */
  readonly #rest = new Map<number, { readonly references: readonly Reference[]; readonly most: number }>()
  #numbered = 0

  constructor(space: AddressSpace, self: { readonly endpointUrl: string; readonly applicationUri: string }) {
    this.#space = space
    this.#self = self
  }

  answer(call: ServiceCall): void {
    const { typeId, body, token } = call
    if (typeId === Request.GetEndpoints) return this.#reply(call, (writer) => this.#endpoints(writer))
    if (typeId === Request.CreateSession) return this.#createSession(call)
    const session = this.#sessions.get(token)
    if (session === undefined) return call.channel.refuse(call, Status.BadSessionIdInvalid)
    session.timer.refresh()
    switch (typeId) {
      case Request.ActivateSession:
        return this.#reply(call, (writer) => void writer.byteString(randomBytes(32)).nothing().nothing())
      case Request.CloseSession:
        this.#closeSession(session, body.boolean())
        return this.#reply(call, () => undefined)
      case Request.Read:
        return this.#read(call)
      case Request.Browse:
        return this.#browse(call)
      case Request.BrowseNext:
        return this.#browseNext(call)
      case Request.CreateSubscription:
        return this.#createSubscription(call)
      case Request.DeleteSubscriptions:
        return this.#results(
          call,
          body.array(() => this.#deleteSubscription(body.uint32())),
        )
      case Request.TransferSubscriptions:
        return this.#transfer(call)
      case Request.CreateMonitoredItems:
        return this.#createItems(call)
      case Request.DeleteMonitoredItems: {
        const found = this.#subscriptions.get(body.uint32())?.subscription
        return this.#results(
          call,
          body.array(() => (found?.unwatch(body.uint32()) === true ? 0 : Status.BadNodeIdUnknown)),
        )
      }
      case Request.Publish:
        return this.#publish(call, session)
      case Request.Republish:
        return this.#republish(call)
      default:
        return call.channel.refuse(call, Status.BadServiceUnsupported)
    }
  }

  changed(node: SpaceNode, data: DataValue): void {
    for (const { subscription } of this.#subscriptions.values()) subscription.changed(node, data)
  }

  /** A connection has ended: nobody waits on it any more. Its session and subscriptions stay until they time out. */
  gone(channel: Channel): void {
    for (const { waiting } of this.#sessions.values()) {
      waiting.splice(0, waiting.length, ...waiting.filter(({ call }) => call.channel !== channel))
    }
  }

  [Symbol.dispose](): void {
    for (const session of this.#sessions.values()) this.#closeSession(session, true)
    for (const id of this.#subscriptions.keys()) this.#deleteSubscription(id)
  }

  #reply(call: ServiceCall, body: (writer: BinaryWriter) => void): void {
    call.channel.respond(call, call.typeId + ANSWER, body)
  }

  #results(call: ServiceCall, results: readonly number[]): void {
    this.#reply(call, (writer) => void writer.array(results, (status) => void writer.uint32(status)).nothing())
  }

  // --- sessions ---------------------------------------------------------------------------------------------------------

  #endpoints(writer: BinaryWriter): void {
    const { endpointUrl, applicationUri } = this.#self
    writer.array([endpointUrl], (url) => {
      writer.string(url).string(applicationUri).string(applicationUri).localizedText('SyncTide demo PLC').uint32(0).nothing().nothing()
      writer.array([url], (one) => void writer.string(one))
      writer.byteString(null).uint32(1).string('http://opcfoundation.org/UA/SecurityPolicy#None')
      // one policy: anonymous
      writer.array(['anonymous'], (policy) => void writer.string(policy).uint32(0).nothing().nothing().nothing())
      writer.string('http://opcfoundation.org/UA-Profile/Transport/uatcp-uasc-uabinary').uint8(0)
    })
  }

  #createSession(call: ServiceCall): void {
    const { body } = call
    skipApplication(body)
    for (let text = 0; text < 5; text++) body.byteString()
    const timeout = Math.max(10_000, Math.min(3_600_000, body.double()))
    const token = randomBytes(16).toString('hex')
    const timer = setTimeout(() => this.#closeSession(session, false), timeout)
    const session: Session = { token, timer, timeout, waiting: [] }
    this.#sessions.set(token, session)
    this.#reply(call, (writer) => {
      writer
        .nodeId(nodeId(++this.#numbered, 1))
        .nodeId(nodeId(token, 1))
        .double(timeout)
        .byteString(randomBytes(32))
        .byteString(null)
      this.#endpoints(writer)
      writer.nothing().nothing().nothing().uint32(0)
    })
  }

  #closeSession(session: Session, withSubscriptions: boolean): void {
    clearTimeout(session.timer)
    this.#sessions.delete(session.token)
    if (!withSubscriptions) return
    for (const [id, { subscription }] of this.#subscriptions) if (subscription.token === session.token) this.#deleteSubscription(id)
  }

  // --- attributes -------------------------------------------------------------------------------------------------------

  #read(call: ServiceCall): void {
    const { body } = call
    body.double()
    body.uint32()
    const wanted = body.array(() => {
      const id = body.nodeId()
      const attribute = body.uint32()
      body.string()
      body.uint16()
      body.string()
      return { node: this.#space.find(id), attribute }
    })
    this.#reply(call, (writer) => void writer.array(wanted, ({ node, attribute }) => writeAttribute(writer, node, attribute)).nothing())
  }

  #browse(call: ServiceCall): void {
    const { body } = call
    body.nodeId()
    body.skipDateTime()
    body.uint32()
    const most = body.uint32()
    const wanted = body.array(() => {
      const node = this.#space.find(body.nodeId())
      const forward = body.uint32() !== 1
      body.nodeId()
      body.boolean()
      const classes = body.uint32()
      body.uint32()
      const children = (forward ? node?.children : undefined) ?? []
      return { node, references: children.filter((child) => classes === 0 || (classes & child.node.nodeClass) !== 0) }
    })
    this.#reply(call, (writer) => {
      writer.array(wanted, ({ node, references }) => {
        if (node === undefined) writer.uint32(Status.BadNodeIdUnknown).nothing().nothing()
        else this.#page(writer, references, most)
      })
      writer.nothing()
    })
  }

  #browseNext(call: ServiceCall): void {
    const { body } = call
    const release = body.boolean()
    const points = body.array(() => body.byteString()?.readUInt32LE() ?? 0)
    const found = points.map((point) => {
      const rest = this.#rest.get(point)
      this.#rest.delete(point)
      return rest
    })
    this.#reply(call, (writer) => {
      writer.array(found, (rest) => {
        if (rest === undefined) writer.uint32(Status.BadContinuationPointInvalid).nothing().nothing()
        else if (release) writer.uint32(0).nothing().nothing()
        else this.#page(writer, rest.references, rest.most)
      })
      writer.nothing()
    })
  }

  #page(writer: BinaryWriter, references: readonly Reference[], most: number): void {
    const page = most === 0 ? references : references.slice(0, most)
    writer.uint32(0)
    if (page.length === references.length) writer.byteString(null)
    else {
      const point = ++this.#numbered
      this.#rest.set(point, { references: references.slice(page.length), most })
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32LE(point)
      writer.byteString(bytes)
    }
    writer.array(page, ({ reference, node }) => {
      writer.nodeId(nodeId(reference)).boolean(true).nodeId(node.nodeId).qualifiedName(node.namespace, node.name)
      writer.localizedText(node.name).uint32(node.nodeClass).nodeId(nodeId(node.typeDefinition))
    })
  }

  // --- subscriptions ----------------------------------------------------------------------------------------------------

  #createSubscription(call: ServiceCall): void {
    const { body, token } = call
    const interval = Math.max(LEAST_INTERVAL, body.double())
    const lifetime = body.uint32()
    const keepAlive = Math.max(1, body.uint32())
    const subscription = new Subscription(++this.#numbered, token, interval, keepAlive, Math.max(3 * keepAlive, lifetime))
    const timer = setInterval(() => this.#tick(subscription), interval)
    this.#subscriptions.set(subscription.id, { subscription, timer })
    this.#reply(call, (writer) => void writer.uint32(subscription.id).double(interval).uint32(subscription.lifetimeCount).uint32(keepAlive))
  }

  #deleteSubscription(id: number): number {
    const found = this.#subscriptions.get(id)
    if (found === undefined) return Status.BadSubscriptionIdInvalid
    clearInterval(found.timer)
    this.#subscriptions.delete(id)
    return 0
  }

  #transfer(call: ServiceCall): void {
    const found = call.body.array(() => this.#subscriptions.get(call.body.uint32())?.subscription)
    for (const subscription of found) if (subscription !== undefined) subscription.token = call.token
    this.#reply(call, (writer) => {
      writer.array(found, (subscription) => {
        writer.uint32(subscription === undefined ? Status.BadSubscriptionIdInvalid : 0)
        writer.array(subscription?.available ?? [], (sequence) => void writer.uint32(sequence))
      })
      writer.nothing()
    })
  }

  #createItems(call: ServiceCall): void {
    const { body } = call
    const subscription = this.#subscriptions.get(body.uint32())?.subscription
    if (subscription === undefined) return call.channel.refuse(call, Status.BadSubscriptionIdInvalid)
    body.uint32()
    const results = body.array(() => {
      const node = this.#space.find(body.nodeId())
      const attribute = body.uint32()
      body.string()
      body.uint16()
      body.string()
      body.uint32()
      const handle = body.uint32()
      const samplingInterval = Math.max(LEAST_INTERVAL, body.double())
      body.extensionObject()
      const queueSize = Math.max(1, Math.min(1000, body.uint32()))
      body.boolean()
      const status = node === undefined ? Status.BadNodeIdUnknown : attribute === Attribute.Value ? 0 : Status.BadAttributeIdInvalid
      const id = ++this.#numbered
      if (node !== undefined && status === 0) subscription.watch(id, handle, node, queueSize)
      return { status, id, samplingInterval, queueSize }
    })
    this.#reply(call, (writer) => {
      writer.array(results, ({ status, id, samplingInterval, queueSize }) => {
        writer.uint32(status).uint32(id).double(samplingInterval).uint32(queueSize).emptyExtensionObject()
      })
      writer.nothing()
    })
  }

  #publish(call: ServiceCall, session: Session): void {
    const { body } = call
    const results = body.array(() => {
      const subscription = this.#subscriptions.get(body.uint32())?.subscription
      return subscription?.acknowledge(body.uint32()) === true ? 0 : Status.BadSubscriptionIdInvalid
    })
    session.waiting.push({ call, results })
    if (session.waiting.length > MOST_WAITING) session.waiting.shift()
  }

  #tick(subscription: Subscription): void {
    const session = this.#sessions.get(subscription.token)
    const [next] = session?.waiting ?? []
    const message = subscription.tick(next !== undefined)
    if (message === 'expired') return void this.#deleteSubscription(subscription.id)
    if (message === null || next === undefined) return
    session?.waiting.shift()
    this.#reply(next.call, (writer) => {
      writer
        .uint32(subscription.id)
        .array(subscription.available, (sequence) => void writer.uint32(sequence))
        .boolean(false)
        .raw(message)
      writer.array(next.results, (status) => void writer.uint32(status)).nothing()
    })
  }

  #republish(call: ServiceCall): void {
    const subscription = this.#subscriptions.get(call.body.uint32())?.subscription
    if (subscription === undefined) return call.channel.refuse(call, Status.BadSubscriptionIdInvalid)
    const kept = subscription.kept(call.body.uint32())
    if (kept === undefined) return call.channel.refuse(call, Status.BadMessageNotAvailable)
    this.#reply(call, (writer) => void writer.raw(kept))
  }
}

/** ApplicationDescription of the client. */
function skipApplication(body: BinaryReader): void {
  body.string()
  body.string()
  const mask = body.uint8()
  if ((mask & 1) !== 0) body.string()
  if ((mask & 2) !== 0) body.string()
  body.uint32()
  body.string()
  body.string()
  body.array(() => body.string())
}

function writeAttribute(writer: BinaryWriter, node: SpaceNode | undefined, attribute: number): void {
  if (node === undefined) return void writer.uint8(2).uint32(Status.BadNodeIdUnknown)
  const isVariable = node.nodeClass === NodeClass.Variable
  switch (attribute) {
    case Attribute.NodeId:
      return void writer.uint8(1).uint8(17).nodeId(node.nodeId)
    case Attribute.NodeClass:
      return void writer.uint8(1).uint8(6).int32(node.nodeClass)
    case Attribute.BrowseName:
      return void writer.uint8(1).uint8(20).qualifiedName(node.namespace, node.name)
    case Attribute.DisplayName:
      return void writer.uint8(1).uint8(21).localizedText(node.name)
    case Attribute.Description:
      return void writer.uint8(1).uint8(21).localizedText('')
    case Attribute.DataType:
      if (isVariable) return void writer.uint8(1).uint8(17).nodeId(nodeId(node.dataType))
      break
    case Attribute.ValueRank:
      if (isVariable)
        return void writer
          .uint8(1)
          .uint8(6)
          .int32(Array.isArray(currentData(node)?.value) ? 1 : -1)
      break
    case Attribute.Value: {
      const data = currentData(node)
      if (data !== null) return void writer.dataValue(data)
      break
    }
  }
  writer.uint8(2).uint32(Status.BadAttributeIdInvalid)
}
