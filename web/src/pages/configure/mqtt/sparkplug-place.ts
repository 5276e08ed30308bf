import type { BrowseNode } from '../browse/browse-tree.ts'

/** The ids that a Sparkplug device is configured with; `deviceId` is empty for the edge node itself. */
export interface SparkplugPlace {
  readonly groupId: string
  readonly edgeNodeId: string
  readonly deviceId: string
}

/** Whether a device looks at a whole broker because it is not said yet which edge node it is. */
export function isPlaceless(protocol: string, connection: Readonly<Record<string, unknown>>): boolean {
  return protocol === 'mqtt' && connection['kind'] === 'sparkplug' && (connection['edgeNodeId'] ?? '') === ''
}

/**
 * Where metrics were found: what stands in their path before the metric's own name.
 * @returns null when they belong to several devices, of which each is configured by itself
 */
export function sparkplugPlaceOf(nodes: readonly BrowseNode[]): SparkplugPlace | null {
  const places = new Set(nodes.map(({ path, tag }) => path.slice(0, Math.max(0, path.length - (tag?.address.length ?? 0) - 1))))
  const [place = ''] = places
  const [groupId = '', edgeNodeId = '', deviceId = '', ...more] = place.split('/')
  return places.size !== 1 || edgeNodeId === '' || more.length > 0 ? null : { groupId, edgeNodeId, deviceId }
}
