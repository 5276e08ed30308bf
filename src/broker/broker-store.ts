import type { Readable } from 'node:stream'

/** What a stored message is made of; the rest of a packet is of no use after a restart. */
interface StoredPacket {
  readonly topic: string
  readonly payload: Uint8Array | string
  readonly qos: number
  readonly retain: boolean
}

interface Named {
  readonly id: string
}

interface StoredSubscription {
  readonly topic: string
  readonly qos: number
}

/** The part of aedes' store that is used here; its package has no typings for it. */
export interface BrokerStore {
  storeRetained(packet: object): Promise<void>
  createRetainedStream(pattern: string): Readable
  addSubscriptions(client: Named, subscriptions: readonly StoredSubscription[]): Promise<void>
  subscriptionsByClient(client: Named): Promise<readonly StoredSubscription[]>
  outgoingStream(client: Named): Readable
  outgoingEnqueueCombi(subscriptions: readonly { readonly clientId: string }[], packet: StoredPacket): Promise<void>
  outgoingClearMessageId(client: Named, packet: object): Promise<object | undefined>
}

/** How much waits for clients. */
export interface QueueState {
  readonly messages: number
  readonly dropped: number
}

/** For one client. */
export const MAX_QUEUED = 100_000
/** Over all clients: beyond this the process itself would be in danger. */
export const MAX_BYTES = 192 * 1024 ** 2
const PACKET_BYTES = 300

/**
 * Bounds what waits for clients: beyond the limits new messages are dropped and counted.
 * @param onFull told once for each client whose queue runs full, again only after it was empty
 */
export function limitQueues(store: BrokerStore, onFull: (clientId: string) => void): QueueState {
  const clients = new Map<string, number>()
  const full = new Set<string>()
  const state = { messages: 0, dropped: 0 }
  let bytes = 0
  const enqueue = store.outgoingEnqueueCombi.bind(store)
  store.outgoingEnqueueCombi = async (subscriptions, packet) => {
    const size = packet.payload.length + PACKET_BYTES
    const taken = subscriptions.filter(({ clientId }) => {
      const waiting = clients.get(clientId) ?? 0
      if (waiting >= MAX_QUEUED || bytes + size > MAX_BYTES) {
        state.dropped++
        if (!full.has(clientId)) onFull(clientId)
        full.add(clientId)
        return false
      }
      clients.set(clientId, waiting + 1)
      state.messages++
      bytes += size
      return true
    })
    await enqueue(taken, packet)
  }
  const clear = store.outgoingClearMessageId.bind(store)
  store.outgoingClearMessageId = async (client, packet) => {
    const cleared = await clear(client, packet)
    if (cleared === undefined) return cleared
    const waiting = (clients.get(client.id) ?? 1) - 1
    clients.set(client.id, waiting)
    state.messages = Math.max(0, state.messages - 1)
    bytes = Math.max(0, bytes - sizeOf(cleared))
    if (waiting <= 0) {
      clients.delete(client.id)
      full.delete(client.id)
    }
    return cleared
  }
  return state
}

function sizeOf(packet: object): number {
  return (
    PACKET_BYTES +
    ('payload' in packet && (packet.payload instanceof Uint8Array || typeof packet.payload === 'string') ? packet.payload.length : 0)
  )
}

interface SavedMessage {
  readonly topic: string
  /** Base64. */
  readonly payload: string
  readonly qos: number
}

/** What outlives a restart of the broker; JSON. */
export interface SavedState {
  readonly retained: readonly SavedMessage[]
  readonly clients: readonly {
    readonly id: string
    readonly subscriptions: readonly StoredSubscription[]
    readonly waiting: readonly SavedMessage[]
  }[]
}

/** @param ids of the clients that will come back */
export async function savedStateOf(store: BrokerStore, ids: Iterable<string>): Promise<SavedState> {
  const retained = await messagesOf(store.createRetainedStream('#'))
  const clients: SavedState['clients'][number][] = []
  for (const id of ids) {
    const subscriptions = await store.subscriptionsByClient({ id })
    const waiting = await messagesOf(store.outgoingStream({ id }))
    if (subscriptions.length > 0) clients.push({ id, subscriptions: subscriptions.map(({ topic, qos }) => ({ topic, qos })), waiting })
  }
  return { retained, clients }
}

export async function readSaved(store: BrokerStore, { retained, clients }: SavedState): Promise<void> {
  for (const message of retained) await store.storeRetained({ ...packetOf(message), retain: true })
  // the store tells messages apart by their broker and a number
  let brokerCounter = 0
  for (const { id, subscriptions, waiting } of clients) {
    await store.addSubscriptions({ id }, subscriptions)
    for (const message of waiting) {
      const packet = { ...packetOf(message), brokerId: 'before the restart', brokerCounter: ++brokerCounter }
      await store.outgoingEnqueueCombi([{ clientId: id }], packet)
    }
  }
}

async function messagesOf(stream: Readable): Promise<SavedMessage[]> {
  const messages: SavedMessage[] = []
  for await (const packet of stream as AsyncIterable<StoredPacket>) {
    messages.push({ topic: packet.topic, payload: Buffer.from(packet.payload).toString('base64'), qos: packet.qos })
  }
  return messages
}

function packetOf({ topic, payload, qos }: SavedMessage): StoredPacket & { readonly cmd: 'publish' } {
  return { cmd: 'publish', topic, payload: Buffer.from(payload, 'base64'), qos, retain: false }
}
