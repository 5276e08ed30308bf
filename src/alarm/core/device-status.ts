import type { Micros } from '#base/time.ts'
import type { DeviceStatus, DeviceStatusWord } from '#domain/device.ts'
import type { DeviceMemory, Outcome } from './memory.ts'
import { isStanding } from './step.ts'

const WORDS: Readonly<Record<DeviceStatus, DeviceStatusWord>> = {
  unknown: 'unknown',
  online: 'ok',
  degraded: 'warning',
  error: 'error',
  quarantined: 'error',
  disabled: 'disabled',
}

/** Puts on record what people read of a device, when that changed: a lost communication counts more than what its driver says. */
export function noteStatus(device: DeviceMemory, clock: Micros, outcome: Outcome): void {
  const lost = device.rule !== undefined && isStanding(device.rule.state)
  const status = lost ? 'no_communication' : device.told === null ? null : WORDS[device.told.status]
  if (status === null || status === device.status) return
  device.status = status
  outcome.statuses.push({ deviceId: device.deviceId, at: clock, status, problem: device.told?.problem ?? null })
}
