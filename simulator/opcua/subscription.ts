import { BinaryWriter } from './binary-writer.ts'
import { currentData, type DataValue, type SpaceNode } from './node.ts'

interface Item {
  readonly handle: number
  readonly node: SpaceNode
  readonly queueSize: number
  readonly queue: DataValue[]
  /** What is made up at each look is looked at once a second. */
  lookedAt: number
}

const DATA_CHANGE = 811
/** Messages kept for Republish. */
const KEPT = 20
const LOOK_MILLIS = 1000

/** Items watched for one session; it outlives its connection. */
export class Subscription {
  readonly id: number
  readonly publishingInterval: number
  readonly maxKeepAliveCount: number
  readonly lifetimeCount: number
  /** Of the session that may ask for it. */
  token: string
  readonly #items = new Map<number, Item>()
  readonly #sent = new Map<number, Buffer>()
  #sequence = 1
  #quiet = 0
  #unasked = 0

  constructor(id: number, token: string, publishingInterval: number, maxKeepAliveCount: number, lifetimeCount: number) {
    this.id = id
    this.token = token
    this.publishingInterval = publishingInterval
    this.maxKeepAliveCount = maxKeepAliveCount
    this.lifetimeCount = lifetimeCount
    // the first message comes at once
    this.#quiet = maxKeepAliveCount
  }

  watch(itemId: number, handle: number, node: SpaceNode, queueSize: number): void {
    const first = currentData(node)
    this.#items.set(itemId, { handle, node, queueSize, queue: first === null ? [] : [first], lookedAt: Date.now() })
  }

  unwatch(itemId: number): boolean {
    return this.#items.delete(itemId)
  }

  changed(node: SpaceNode, data: DataValue): void {
    for (const item of this.#items.values()) if (item.node === node) push(item, data)
  }

  acknowledge(sequence: number): boolean {
    return this.#sent.delete(sequence)
  }

  kept(sequence: number): Buffer | undefined {
    return this.#sent.get(sequence)
  }

  get available(): number[] {
    return [...this.#sent.keys()]
  }

  /**
   * One publishing interval is over.
   * @param asked whether somebody waits for a message
   * @returns the NotificationMessage to be sent; null when there is none; 'expired' when nobody has asked for too long
   */
  tick(asked: boolean): Buffer | null | 'expired' {
    this.#unasked = asked ? 0 : this.#unasked + 1
    if (this.#unasked > this.lifetimeCount) return 'expired'
    const now = Date.now()
    for (const item of this.#items.values()) {
      if (typeof item.node.data !== 'function' || now - item.lookedAt < LOOK_MILLIS) continue
      item.lookedAt = now
      push(item, item.node.data())
    }
    if (!asked) return null
    const changes = [...this.#items.values()].flatMap(({ handle, queue }) => queue.splice(0).map((data) => ({ handle, data })))
    if (changes.length === 0 && ++this.#quiet < this.maxKeepAliveCount) return null
    this.#quiet = 0
    const message = new BinaryWriter().uint32(this.#sequence).dateTime(now)
    // a keep-alive carries the number of the next message, and counts as none
    if (changes.length === 0) return message.array([], () => undefined).finish()
    const body = new BinaryWriter()
    body.array(changes, ({ handle, data }) => void body.uint32(handle).dataValue(data)).nothing()
    const bytes = message.array([body.finish()], (part) => void message.extensionObject(DATA_CHANGE, part)).finish()
    this.#sent.set(this.#sequence++, bytes)
    for (const old of [...this.#sent.keys()].slice(0, -KEPT)) this.#sent.delete(old)
    return bytes
  }
}

function push(item: Item, data: DataValue): void {
  item.queue.push(data)
  while (item.queue.length > item.queueSize) item.queue.shift()
}
