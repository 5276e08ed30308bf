import type { DriverError } from '#base/errors.ts'

/** @returns what is wrong and what to do, in one text */
export function problemText(error: DriverError): string {
  return error.remedy === undefined ? error.message : `${error.message}. ${error.remedy}`
}
