import { UFunction, takeFrames } from './apci.ts'
import { STANDARD_SIZES, causeName, fittingSizes, readHeader, readObjects, type FieldSizes } from './asdu.ts'
import { readCp24, readCp56, type Cp56 } from './cp56time2a.ts'
import { QualityBit } from './elements.ts'
import { monitorType, typeName, type MonitorType } from './type-table.ts'

const uNames: Readonly<Record<UFunction, string>> = {
  [UFunction.StartDtAct]: 'STARTDT act',
  [UFunction.StartDtCon]: 'STARTDT con',
  [UFunction.StopDtAct]: 'STOPDT act',
  [UFunction.StopDtCon]: 'STOPDT con',
  [UFunction.TestFrAct]: 'TESTFR act',
  [UFunction.TestFrCon]: 'TESTFR con',
}
/** Objects of one telegram that are spelled out. */
const SHOWN = 6

/**
 * One APDU in words: I 12 N(R) 7 M_ME_TF_1 spontaneous, CA 1: 4001 = 3.5 at 2026-10-25 01:30:00.123 SU. Where the field sizes of the
 * standard do not fit the octets, those that do are taken.
 */
export function describeFrame(_direction: 'sent' | 'received', bytes: Uint8Array): string {
  const [frame] = takeFrames(bytes).frames
  if (frame === undefined) return `no frame of IEC 60870-5-104 (${bytes.length} octets)`
  if (frame.kind === 'U') return `U ${uNames[frame.uFunction]}`
  if (frame.kind === 'S') return `S N(R) ${frame.receiveNumber}`
  return `I ${frame.sendNumber} N(R) ${frame.receiveNumber} ${describeAsdu(frame.asdu)}`
}

function describeAsdu(asdu: Uint8Array): string {
  const type = monitorType(asdu[0] ?? 0)
  const sizes = fittingSizes(asdu).find(isStandard) ?? fittingSizes(asdu)[0] ?? STANDARD_SIZES
  const header = readHeader(asdu, sizes)
  if (header === undefined) return `an ASDU of ${asdu.length} octets, too short`
  const marks = `${header.negative ? ' negative' : ''}${header.test ? ' test' : ''}`
  const start = `${typeName(header.typeId)} ${causeName(header.cause)}${marks}, CA ${header.commonAddress}`
  if (type === undefined) return start
  const objects = readObjects(asdu, header, type, sizes)
  if (objects === undefined) return `${start}: ${header.count} objects that do not fit ${asdu.length} octets`
  const shown = objects.slice(0, SHOWN).map((object) => {
    const after = object.at + type.shape.octets
    const value = object.value === null ? `(state ${object.detail & 3})` : String(object.value)
    return `${object.objectAddress} = ${value}${qualityMarks(type, asdu, object.at)}${timeWords(asdu, after, type)}`
  })
  const more = objects.length > SHOWN ? `, and ${objects.length - SHOWN} more` : ''
  return `${start}: ${shown.join(', ')}${more}`
}

function isStandard({ cause, commonAddress, objectAddress }: FieldSizes): boolean {
  return cause === STANDARD_SIZES.cause && commonAddress === STANDARD_SIZES.commonAddress && objectAddress === STANDARD_SIZES.objectAddress
}

function qualityMarks({ group, shape, typeId }: MonitorType, asdu: Uint8Array, at: number): string {
  if (typeId === 21) return ''
  const own = group === 'SP' || group === 'DP' || group === 'EP'
  const place = own ? 0 : group === 'EPS' || group === 'EPO' ? 1 : shape.octets - 1
  const octet = asdu[at + place] ?? 0
  const names: (readonly [bit: number, name: string])[] =
    group === 'IT'
      ? [[QualityBit.Invalid, 'IV']]
      : [
          [QualityBit.Blocked, 'BL'],
          [QualityBit.Substituted, 'SB'],
          [QualityBit.NotTopical, 'NT'],
          [QualityBit.Invalid, 'IV'],
        ]
  if (!own && group !== 'IT' && group !== 'EPS' && group !== 'EPO') names.unshift([QualityBit.Overflow, 'OV'])
  return names.map(([bit, name]) => ((octet & bit) === 0 ? '' : ` ${name}`)).join('')
}

function timeWords(asdu: Uint8Array, at: number, { timeOctets }: MonitorType): string {
  if (timeOctets === 0) return ''
  if (timeOctets === 3) {
    const { withinHour, invalid } = readCp24(asdu, at)
    const text = withinHour === null ? 'no time' : `minute ${(withinHour / 60_000_000).toFixed(3)}`
    return ` at ${text}${invalid ? ' IV' : ''}`
  }
  return ` at ${cp56Words(readCp56(asdu, at, 2050))}`
}

function cp56Words({ local, invalid, substituted, summer }: Cp56): string {
  const text = local === null ? 'no date' : new Date(local / 1000).toISOString().slice(0, 23).replace('T', ' ')
  return `${text}${summer ? ' SU' : ''}${substituted ? ' GEN' : ''}${invalid ? ' IV' : ''}`
}
