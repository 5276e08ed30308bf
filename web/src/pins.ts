import { useSyncExternalStore } from 'react'
import type { Device, Tag } from './api/replies.ts'

const KEY = 'synctide.pins'
const MOST = 12
const DEFAULT = 9
const listeners = new Set<() => void>()
let pins: readonly number[] | null = read()

function read(): readonly number[] | null {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null')
    return Array.isArray(stored) ? stored.filter((id) => typeof id === 'number') : null
  } catch {
    return null
  }
}

/** The tags this browser shows on Home; null while nothing was chosen. */
export function usePins(): readonly number[] | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => pins,
  )
}

export function setPins(next: readonly number[]): void {
  pins = next.slice(-MOST)
  try {
    localStorage.setItem(KEY, JSON.stringify(pins))
  } catch {
    // Storage switched off: the choice lasts as long as the page.
  }
  for (const listener of listeners) listener()
}

/** What Home shows: the pinned tags that still exist, else one telling tag of each of the first devices. */
export function pinnedTags(chosen: readonly number[] | null, devices: readonly Device[], tags: readonly Tag[]): Tag[] {
  if (chosen !== null) return chosen.map((id) => tags.find((tag) => tag.id === id)).filter((tag) => tag !== undefined)
  const first = devices
    .filter((device) => device.enabled)
    .map((device) => {
      const own = tags.filter((tag) => tag.deviceId === device.id && tag.enabled)
      return own.find((tag) => tag.kind === 'analog' && tag.unit !== '') ?? own[0]
    })
  return first.filter((tag) => tag !== undefined).slice(0, DEFAULT)
}
