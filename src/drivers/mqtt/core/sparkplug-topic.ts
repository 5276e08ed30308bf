/** Sparkplug 3.0, 4.1: spBv1.0/groupId/messageType/edgeNodeId/[deviceId]. */
export const NAMESPACE = 'spBv1.0'

const MESSAGE_TYPES = ['NBIRTH', 'NDEATH', 'DBIRTH', 'DDEATH', 'NDATA', 'DDATA', 'NCMD', 'DCMD'] as const
export type MessageType = (typeof MESSAGE_TYPES)[number]

export interface SparkplugTopic {
  readonly groupId: string
  readonly type: MessageType
  readonly edgeNodeId: string
  /** null for the edge node itself. */
  readonly deviceId: string | null
}

/** @returns undefined for a topic that is none of Sparkplug B's */
export function parseTopic(topic: string): SparkplugTopic | undefined {
  if (!topic.startsWith('spBv1.0/')) return undefined
  const [, groupId = '', word = '', edgeNodeId = '', deviceId, ...rest] = topic.split('/')
  const type = MESSAGE_TYPES.find((one) => one === word)
  if (type === undefined || groupId === '' || edgeNodeId === '' || deviceId === '' || rest.length > 0) return undefined
  // NBIRTH never names a device, DBIRTH always does
  if (type.startsWith('D') !== (deviceId !== undefined)) return undefined
  return { groupId, type, edgeNodeId, deviceId: deviceId ?? null }
}

/** Every message of one edge node and its devices; `#` matches the level above it too. */
export function nodeFilter(groupId: string, edgeNodeId: string): string {
  return `${NAMESPACE}/${groupId}/+/${edgeNodeId}/#`
}

export function commandTopic(groupId: string, edgeNodeId: string): string {
  return `${NAMESPACE}/${groupId}/NCMD/${edgeNodeId}`
}

/** How a host application says whether it is there: JSON as in Sparkplug 3.0, or the plain words of 2.2. */
export const StateFormat = { Json: '3.0', Text: '2.2' } as const
export type StateFormat = (typeof StateFormat)[keyof typeof StateFormat]

export function stateTopic(format: StateFormat, hostId: string): string {
  return format === StateFormat.Json ? `${NAMESPACE}/STATE/${hostId}` : `STATE/${hostId}`
}

/** @param timestamp milliseconds; the same in the will and in the birth of one connection (Sparkplug 3.0, 6.4.26) */
export function statePayload(format: StateFormat, online: boolean, timestamp: number): string {
  return format === StateFormat.Json ? JSON.stringify({ online, timestamp }) : online ? 'ONLINE' : 'OFFLINE'
}

/** @returns whether somebody says that the host application is offline; undefined when the payload says nothing */
export function readState(payload: string): boolean | undefined {
  if (payload === 'ONLINE' || payload === 'OFFLINE') return payload === 'ONLINE'
  try {
    const parsed: unknown = JSON.parse(payload)
    if (typeof parsed !== 'object' || parsed === null || !('online' in parsed)) return undefined
    return typeof parsed.online === 'boolean' ? parsed.online : undefined
  } catch {
    return undefined
  }
}
