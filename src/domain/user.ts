import type { CategoryScope } from './category.ts'
import type { Language } from './contact.ts'

/** Ascending rights: each role may do all that the ones before it may. */
export const ROLES = ['viewer', 'operator', 'engineer', 'administrator'] as const
export type Role = (typeof ROLES)[number]

/** The devices a query may touch: all, or the ids listed. Every data query of the store takes one. */
export type DeviceScope = 'all' | readonly number[]

export interface User {
  readonly id: number
  /** What one types to log in; compared without case. */
  readonly login: string
  readonly displayName: string
  readonly role: Role
  readonly enabled: boolean
  readonly mustChangePassword: boolean
  readonly language: Language | null
  /** IANA zone for this user's screens; null follows the site. */
  readonly timeZone: string | null
  readonly scope: DeviceScope
  /** Whose alarms the user may acknowledge, put aside, reset and comment; all of the devices are seen. */
  readonly categories: CategoryScope
}

export function roleAtLeast(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed)
}

export function inScope(scope: DeviceScope, deviceId: number): boolean {
  return scope === 'all' || scope.includes(deviceId)
}
