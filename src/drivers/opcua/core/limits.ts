import { conditionOf, Status } from './status.ts'

/** How many operations one call may hold (Part 5, 6.3.11 OperationLimits); what the server says, lowered by what it then refused. */
export interface OperationLimits {
  readonly read: number
  readonly browse: number
  readonly monitoredItems: number
}

/** Where the server names none: what the small controllers of the field take. */
const UNNAMED = 100
/** Items are created in chunks of at most this: S7 controllers take seconds for a thousand. */
const ITEMS_AT_ONCE = 500

/**
 * @param named as read from the server; 0 or undefined where it names none
 * @param cap of the device's settings
 */
export function operationLimits(named: Partial<OperationLimits>, cap: number): OperationLimits {
  const limit = (value: number | undefined, most: number): number =>
    Math.max(1, Math.min(value === undefined || value === 0 ? UNNAMED : value, most))
  return {
    read: limit(named.read, cap),
    browse: limit(named.browse, cap),
    monitoredItems: limit(named.monitoredItems, Math.min(cap, ITEMS_AT_ONCE)),
  }
}

/** The server refused a call for its size: half of it may pass. */
export function isTooMuch(code: number): boolean {
  switch (conditionOf(code)) {
    case Status.BadTooManyOperations:
    case Status.BadResponseTooLarge:
    case Status.BadRequestTooLarge:
    case Status.BadEncodingLimitsExceeded:
      return true
    default:
      return false
  }
}

export function halved(limit: number): number {
  return Math.max(1, Math.floor(limit / 2))
}

/** @returns the items in order, at most `size` in each part */
export function chunksOf<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  const parts: Item[][] = []
  for (let at = 0; at < items.length; at += size) parts.push(items.slice(at, at + size))
  return parts
}
