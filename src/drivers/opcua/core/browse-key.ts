import { InvalidRequest } from '#base/errors.ts'
import { formatNodeAddress, parseNodeAddress, type NodeAddress } from './node-id.ts'

/** A node and the way to it, so that the server need not be asked for the way again. */
export interface BrowsePlace {
  readonly address: NodeAddress
  /** Names below the Objects folder. */
  readonly path: readonly string[]
}

/** Where browsing begins: the Objects folder (Part 5, 8.2.4). */
export const ROOT: BrowsePlace = { address: { namespace: 0, identifierType: 'i', identifier: '85', element: null }, path: [] }

const SEPARATOR = '\n'

export function formatBrowseKey({ address, path }: BrowsePlace): string {
  return [formatNodeAddress(address), ...path].join(SEPARATOR)
}

/** @throws InvalidRequest when this is no key that {@link formatBrowseKey} made */
export function parseBrowseKey(key: string | null): BrowsePlace {
  if (key === null) return ROOT
  const [address = '', ...path] = key.split(SEPARATOR)
  try {
    return { address: parseNodeAddress(address), path }
  } catch (cause) {
    throw new InvalidRequest('This is no node of a server.', { field: 'parent', cause })
  }
}
