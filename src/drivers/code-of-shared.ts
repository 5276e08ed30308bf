import type { SharedConnection } from './driver.ts'

/** @returns the code of the shared connection that a device names, empty where it names none */
export function codeOfShared(shared: Pick<SharedConnection<unknown>, 'field'>, connection: Readonly<Record<string, unknown>>): string {
  const code = connection[shared.field]
  return typeof code === 'string' ? code : ''
}

/** Codes are compared without case. */
export function sameCode(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
