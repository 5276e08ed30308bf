import type { Tag } from '#domain/device.ts'
import type { ReportPolicy } from './core/report-by-exception.ts'
import type { DeviceSource } from './plan-device.ts'

/** A device as it is configured now. */
export interface DeviceSetup extends DeviceSource {
  readonly tags: readonly Tag[]
  /** Of the device's protocol; the deadband is each tag's own. */
  readonly policy: Omit<ReportPolicy, 'deadband'>
}

/** Whether a conversation may go on over an edit: tags are others at most, and what the driver does not look at. */
export function isSameConversation(before: DeviceSetup, after: DeviceSetup): boolean {
  return JSON.stringify(heardByDriver(before)) === JSON.stringify(heardByDriver(after))
}

function heardByDriver({ device, secrets, shared }: DeviceSetup): unknown {
  const { code, enabled, pollMillis, timeoutMillis, connection } = device
  return [code, enabled, pollMillis, timeoutMillis, connection, secrets, shared]
}
