import { useEffect, useMemo, useSyncExternalStore } from 'react'
import type { AlarmCounts, DeviceState } from '../api/replies.ts'
import { live, wantTags } from '../live.ts'
import type { Reading, StreamState } from './store.ts'

/** The newest reading of a tag; asks the stream for it while mounted. */
export function useReading(tagId: number): Reading | undefined {
  useEffect(() => wantTags([tagId]), [tagId])
  const subscribe = useMemo(() => (listener: () => void) => live.onTag(tagId, listener), [tagId])
  return useSyncExternalStore(subscribe, () => live.reading(tagId))
}

/**
 * Draws again each second, for ages.
 * @param on not while it is false
 * @returns a number that grows
 */
export function useBeat(on = true): number {
  return useSyncExternalStore(on ? live.onBeat : never, () => (on ? live.beat : 0))
}

function never(): () => void {
  return () => undefined
}

export function useStreamState(): StreamState {
  return useSyncExternalStore(live.onState, () => live.state)
}

export function useDeviceStates(): readonly DeviceState[] {
  return useSyncExternalStore(live.onDevices, () => live.devices)
}

/** Whether anything is known yet of what a device does; draws again only when that changes. */
export function useDeviceKnown(deviceId: number): boolean {
  return useSyncExternalStore(live.onDevices, () => live.device(deviceId) !== undefined)
}

export function useDeviceState(deviceId: number): DeviceState | undefined {
  return useSyncExternalStore(live.onDevices, () => live.device(deviceId))
}

export function useAlarmCounts(): AlarmCounts | null {
  return useSyncExternalStore(live.onState, () => live.counts)
}
