import type { Device } from '../api/replies.ts'

/** Whether a device sends by itself what changes, so that an unchanged value is no old one. */
export function pushes({ protocol, connection }: Pick<Device, 'protocol' | 'connection'>): boolean {
  return protocol !== 'modbus' && connection['mode'] !== 'poll'
}

/**
 * After how many seconds without a sign of its device a value is stale. Polled: three missed polls, and never sooner than 10 s. Pushed:
 * what the device's communication loss says, since many send only every few minutes; without one, while it is connected, never.
 */
export function staleAfterSeconds(device: Pick<Device, 'protocol' | 'connection' | 'pollMillis' | 'commTimeoutSeconds'>): number {
  if (pushes(device)) return device.commTimeoutSeconds === null ? Number.POSITIVE_INFINITY : Math.max(10, device.commTimeoutSeconds)
  return Math.max(10, (3 * device.pollMillis) / 1000)
}
