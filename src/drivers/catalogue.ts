import { z } from 'zod'
import { plainIssue } from '#base/plain-issue.ts'
import type { Driver } from './driver.ts'

// whoever knows the protocols reads settings: what is wrong with them is said in plain words, whatever the protocol
z.config({ customError: plainIssue })

/** Every protocol: one line each. Loaded on demand, so that a process carries only its own. */
const catalogue: Readonly<Record<string, () => Promise<Driver>>> = {
  modbus: async () => (await import('./modbus/driver.ts')).createDriver(),
  iec104: async () => (await import('./iec104/driver.ts')).createDriver(),
  mqtt: async () => (await import('./mqtt/driver.ts')).createDriver(),
  opcua: async () => (await import('./opcua/driver.ts')).createDriver(),
  csv: async () => (await import('./csv/driver.ts')).createDriver(),
}

export const PROTOCOLS: readonly string[] = Object.keys(catalogue)

/** Protocols whose sources speak when a value changes: what they told last held until they spoke again. */
const TELL_CHANGES: readonly string[] = ['iec104', 'mqtt', 'opcua']

export function tellsChanges(protocol: string): boolean {
  return TELL_CHANGES.includes(protocol)
}

/** @returns a fresh driver with its own connections, or undefined for an unknown protocol. */
export async function loadDriver(protocol: string): Promise<Driver | undefined> {
  return Object.hasOwn(catalogue, protocol) ? await catalogue[protocol]?.() : undefined
}
