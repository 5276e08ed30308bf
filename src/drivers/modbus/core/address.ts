import { ConfigError } from '#base/errors.ts'
import type { FunctionCode } from './pdu.ts'

/** Where a tag lives, as the wire says it: a function code and an address counted from 0 (Application Protocol V1.1b3, 4.4). */
export interface Address {
  readonly functionCode: FunctionCode
  readonly start: number
  /** Bit of a register as written, 0 to 15; null for a whole register, coil or discrete input. */
  readonly bit: number | null
}

export interface AddressOptions {
  /** What the device's manual calls the first item of a prefixed or plain address: HR0 or HR1. */
  readonly addressOffset: 0 | 1
  /** Reads a plain number with this function code, or a prefixed one with its sibling of the same kind. */
  readonly functionCode?: FunctionCode | undefined
}

const PREFIXES: Readonly<Record<string, FunctionCode>> = { c: 1, coil: 1, di: 2, hr: 3, ir: 4 }
const CLASSIC: Readonly<Record<string, FunctionCode>> = { '0': 1, '1': 2, '3': 4, '4': 3 }
const AREA_NAMES: Readonly<Record<FunctionCode, string>> = {
  1: 'coils',
  2: 'discrete inputs',
  3: 'holding registers',
  4: 'input registers',
}
const LETTERS: Readonly<Record<FunctionCode, string>> = { 1: 'C', 2: 'DI', 3: 'HR', 4: 'IR' }
const LEADING: Readonly<Record<FunctionCode, string>> = { 1: '0', 2: '1', 3: '4', 4: '3' }
const EXAMPLES = 'Write for example 40001, 400001, HR0, IR12, 30001, 10001, 00001, C5, DI5, HR0x1F or 40001.3.'

export const ADDRESS_HELP = [
  'Holding registers: 40001, 400001, 4x00001 or HR0. Input registers: 30001 or IR0. Discrete inputs: 10001 or DI0. Coils: 00001 or C0.',
  'Numbers of five or six digits count from 1 as in most manuals (40001 is the first holding register);',
  'HR, IR, DI, C and plain numbers count from the address offset of the device (0 or 1).',
  'Hexadecimal after 0x: HR0x1F. One bit of a register after a point: 40001.3 (0 is the least significant).',
].join(' ')

interface Written {
  readonly functionCode: FunctionCode | undefined
  readonly number: number
  readonly classic: boolean
  readonly bit: number | null
}

/**
 * Reads an address in any of the usual notations.
 * @throws ConfigError with field `address`, naming the character and what to write instead
 */
export function parseAddress(text: string, options: AddressOptions): Address {
  const written = readNotation(text)
  const functionCode = chooseFunctionCode(text, written.functionCode, options.functionCode)
  const first = written.classic ? 1 : options.addressOffset
  const start = written.number - first
  if (start < 0) {
    throw refuse(
      `"${text.trim()}" lies before the first of the ${AREA_NAMES[functionCode]}, which is number ${first} here`,
      written.classic
        ? `The first one is written ${LEADING[functionCode]}0001, or ${LETTERS[functionCode]}${options.addressOffset}.`
        : `Write ${LETTERS[functionCode]}1 for the first one, or set the address offset of the device to 0.`,
    )
  }
  if (start > 0xffff) {
    throw refuse(
      `"${text.trim()}" lies beyond the last of the ${AREA_NAMES[functionCode]}`,
      `Modbus knows 65536 of them: the last is ${formatAddress({ functionCode, start: 0xffff, bit: null }, options.addressOffset)}.`,
    )
  }
  if (written.bit !== null && functionCode < 3) {
    throw refuse(
      `"${text.trim()}" names a bit of one of the ${AREA_NAMES[functionCode]}, which are single bits already`,
      'Leave out the point and what follows it.',
    )
  }
  return { functionCode, start, bit: written.bit }
}

function readNotation(text: string): Written {
  const body = text.trimEnd()
  let at = body.length - body.trimStart().length
  if (at === body.length) throw refuse('The address is empty', EXAMPLES)

  const prefix = /^(?:[134]x|[a-z]+)\s*/i.exec(body.slice(at))?.[0] ?? ''
  const word = prefix.trim().toLowerCase()
  const byDigit = word.endsWith('x') && word.length === 2
  const prefixed = byDigit ? CLASSIC[word.charAt(0)] : PREFIXES[word]
  if (word !== '' && prefixed === undefined) {
    throw refuse(
      `"${prefix.trim()}" at character ${at + 1} of "${body}" is no Modbus area`,
      'Use HR (holding registers), IR (input registers), C (coils) or DI (discrete inputs).',
    )
  }
  at += prefix.length

  const digits = /^(?:0x[0-9a-f]+|\d+)/i.exec(body.slice(at))?.[0]
  if (digits === undefined) throw refuse(`A number is missing at character ${at + 1} of "${body}"`, EXAMPLES)
  const hex = /^0x/i.test(digits)
  const afterNumber = at + digits.length
  const bit = readBit(body, afterNumber)

  if (byDigit && !hex) return { functionCode: prefixed, number: Number(digits), classic: true, bit }
  if (prefixed !== undefined || hex || digits.length < 5) return { functionCode: prefixed, number: Number(digits), classic: false, bit }

  const area = CLASSIC[digits.charAt(0)]
  if (area === undefined || digits.length > 6) {
    throw refuse(
      `"${digits}" at character ${at + 1} of "${body}" belongs to no Modbus area: 0 are coils, 1 discrete inputs, 3 input and 4 holding registers`,
      `For the plain register number write HR${Number(digits)} or IR${Number(digits)}.`,
    )
  }
  return { functionCode: area, number: Number(digits.slice(1)), classic: true, bit }
}

function readBit(body: string, at: number): number | null {
  if (at === body.length) return null
  const bit = /^\.(\d+)$/.exec(body.slice(at))?.[1]
  if (bit === undefined) {
    throw refuse(
      `"${body.slice(at)}" at character ${at + 1} of "${body}" is not understood`,
      'After the number only a bit may follow: a point and 0 to 15, as in 40001.3.',
    )
  }
  if (Number(bit) > 15) {
    throw refuse(`Bit ${bit} at character ${at + 2} of "${body}" does not exist`, 'A register has the bits 0 to 15.')
  }
  return Number(bit)
}

function chooseFunctionCode(text: string, written: FunctionCode | undefined, override: FunctionCode | undefined): FunctionCode {
  if (override === undefined) return written ?? 3
  if (written !== undefined && written < 3 !== override < 3) {
    throw refuse(
      `"${text.trim()}" is one of the ${AREA_NAMES[written]}, but function code ${override} reads ${AREA_NAMES[override]}`,
      'Clear the function code of the tag, or write the address as a plain number.',
    )
  }
  return override
}

function refuse(message: string, remedy: string): ConfigError {
  return new ConfigError('address', message, { remedy })
}

/** @returns the address with its letters, counted from the device's offset: HR100, DI5, HR100.3 */
export function formatAddress(address: Address, addressOffset: 0 | 1): string {
  return `${LETTERS[address.functionCode]}${address.start + addressOffset}${address.bit === null ? '' : `.${address.bit}`}`
}

/** @returns the address as manuals write it, counted from 1: 40001, or 410000 with six digits where four do not suffice */
export function classicAddress(address: Address): string {
  const reference = String(address.start + 1)
  const digits = reference.padStart(reference.length > 4 ? 5 : 4, '0')
  return `${LEADING[address.functionCode]}${digits}${address.bit === null ? '' : `.${address.bit}`}`
}
