import { ConfigError } from '#base/errors.ts'
import type { Value } from '#domain/sample.ts'
import type { InformationObject } from './asdu.ts'
import { TYPE_GROUPS, readGroup, type TypeGroup } from './type-table.ts'

/** What of an information object a tag takes: its value, one bit of it, or something that it says beside its value. */
export type Part = 'value' | 'state' | 'transient' | 'sequence' | 'carry' | 'adjusted' | 'elapsed' | number

/** Where a tag lives in its station. */
export interface Address {
  readonly commonAddress: number
  readonly objectAddress: number
  /** Null takes whichever type the station reports there first. */
  readonly group: TypeGroup | null
  readonly part: Part
}

const PARTS: Readonly<Record<Exclude<Part, number>, readonly TypeGroup[]>> = {
  value: Object.keys(TYPE_GROUPS) as TypeGroup[],
  state: ['DP', 'EP'],
  transient: ['ST'],
  sequence: ['IT'],
  carry: ['IT'],
  adjusted: ['IT'],
  elapsed: ['EP', 'EPS', 'EPO'],
}
const BITS: Readonly<Partial<Record<TypeGroup, number>>> = { BO: 32, PS: 16, EPS: 6, EPO: 6 }
const EXAMPLES = 'Write for example 1/4001 (common address / object address), 4001, 1/R32/4001, 1/700.3 or 1/900.sequence.'

export const ADDRESS_HELP = [
  'Common address and information object address with a slash: 1/4001. Without the slash the common address of the device is meant.',
  'Where the same object address comes under several types, name the type between them: 1/R32/4001, 1/M_ME_NC_1/4001 or 1/36/4001.',
  `The types are ${Object.keys(TYPE_GROUPS).join(', ')}.`,
  'One bit of a bit string after a point: 1/700.3 (0 is the least significant).',
  'Also after a point: state of a double point (0 to 3), transient of a step position, sequence, carry and adjusted of a counter,',
  'elapsed milliseconds of a protection event.',
].join(' ')

/**
 * @param commonAddress of the device, for an address without one
 * @throws ConfigError with field `address`
 */
export function parseAddress(text: string, commonAddress: number): Address {
  const body = text.trim()
  if (body === '') throw refuse('The address is empty', EXAMPLES)
  const words = body.split('/')
  if (words.length > 3) throw refuse(`"${body}" has more than two slashes`, EXAMPLES)
  const last = words.at(-1) ?? ''
  const point = last.indexOf('.')
  const objectAddress = readNumber(point === -1 ? last : last.slice(0, point), 'information object address', 0xff_ffff, body)
  const group = words.length === 3 ? groupOf(words[1] ?? '') : null
  return {
    commonAddress: words.length === 1 ? commonAddress : readNumber(words[0] ?? '', 'common address', 0xffff, body),
    objectAddress,
    group,
    part: point === -1 ? 'value' : readPart(last.slice(point + 1), group, body),
  }
}

function groupOf(text: string): TypeGroup {
  const group = readGroup(text.trim())
  if (group !== undefined) return group
  throw refuse(
    `"${text}" is no type of the monitor direction`,
    `Use one of ${Object.keys(TYPE_GROUPS).join(', ')}, or a name such as M_ME_TF_1.`,
  )
}

function readNumber(text: string, what: string, largest: number, body: string): number {
  const word = text.trim()
  if (!/^(?:0x[0-9a-f]+|\d+)$/i.test(word)) throw refuse(`"${text}" in "${body}" is no ${what}`, EXAMPLES)
  const number = Number(word)
  if (number > largest) throw refuse(`The ${what} ${word} is too large`, `The largest is ${largest}.`)
  return number
}

function readPart(text: string, group: TypeGroup | null, body: string): Part {
  const word = text.trim().toLowerCase()
  if (/^\d+$/.test(word)) {
    const bit = Number(word)
    const bits = group === null ? 32 : (BITS[group] ?? 0)
    if (bit < bits) return bit
    throw refuse(
      bits === 0 ? `${TYPE_GROUPS[group ?? 'SP']} in "${body}" has no single bits` : `Bit ${bit} in "${body}" does not exist`,
      bits === 0 ? 'Leave out the point and what follows it.' : `There are the bits 0 to ${bits - 1}.`,
    )
  }
  if (!Object.hasOwn(PARTS, word)) throw refuse(`"${text}" after the point in "${body}" is not understood`, EXAMPLES)
  const part = word as Exclude<Part, number>
  if (group !== null && !PARTS[part].includes(group)) {
    throw refuse(`${TYPE_GROUPS[group]} in "${body}" has no ${part}`, 'Leave out the point and what follows it.')
  }
  return part
}

/** @returns the address with its common address: 1/4001, 1/R32/4001, 1/700.3 */
export function formatAddress({ commonAddress, group, objectAddress, part }: Address): string {
  return `${commonAddress}/${group === null ? '' : `${group}/`}${objectAddress}${part === 'value' ? '' : `.${part}`}`
}

/** @returns the part of what a station reported; undefined when its type has no such part */
export function partOf(object: Pick<InformationObject, 'value' | 'detail'>, group: TypeGroup, part: Part): Value | undefined {
  if (part === 'value') return object.value
  if (typeof part === 'number') {
    const bits = BITS[group]
    return bits === undefined || part >= bits || typeof object.value !== 'number' ? undefined : ((object.value >>> part) & 1) === 1
  }
  if (!PARTS[part].includes(group)) return undefined
  switch (part) {
    case 'state':
      return object.detail & 3
    case 'transient':
      return (object.detail & 1) === 1
    case 'sequence':
      return object.detail & 0x1f
    case 'carry':
      return (object.detail & 0x20) !== 0
    case 'adjusted':
      return (object.detail & 0x40) !== 0
    case 'elapsed':
      return group === 'EP' ? object.detail >> 2 : object.detail
  }
}

function refuse(message: string, remedy: string): ConfigError {
  return new ConfigError('address', message, { remedy })
}
