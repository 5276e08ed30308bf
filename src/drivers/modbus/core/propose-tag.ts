import { formatAddress } from './address.ts'
import { registersOf, type ByteOrder, type Layout } from './decode.ts'
import type { FunctionCode } from './pdu.ts'

/** What one click makes of a reading. */
export interface TagProposal {
  readonly address: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly kind: 'analog' | 'digital' | 'text'
  readonly decimals: number
  readonly scale: number
}

/** What the tag inherits from its device. */
export interface DeviceOrders {
  readonly addressOffset: 0 | 1
  readonly byteOrder: ByteOrder
  readonly byteSwap: boolean
}

/** @param start address of the first register or bit, from 0; @returns the tag with only those settings that differ from its device's */
export function proposeTag(
  at: { readonly functionCode: FunctionCode; readonly start: number },
  layout: Layout,
  device: DeviceOrders,
  scale = 1,
  decimals?: number,
): TagProposal {
  const { dataType, byteOrder, byteSwap, length, bit } = layout
  const isBit = at.functionCode < 3 || bit !== null
  const address = formatAddress(
    { functionCode: at.functionCode, start: at.start, bit: at.functionCode < 3 ? null : bit },
    device.addressOffset,
  )
  if (isBit) {
    const settings = at.functionCode >= 3 && byteSwap !== device.byteSwap ? { byteSwap } : {}
    return { address, settings, kind: 'digital', decimals: 0, scale: 1 }
  }
  const long = dataType !== 'string' && registersOf(layout) > 1
  const settings = {
    dataType,
    ...(long && byteOrder !== device.byteOrder ? { byteOrder } : {}),
    ...(!long && byteSwap !== device.byteSwap ? { byteSwap } : {}),
    ...(dataType === 'string' ? { length } : {}),
  }
  if (dataType === 'string') return { address, settings, kind: 'text', decimals: 0, scale: 1 }
  const broken = dataType === 'float' || dataType === 'double'
  return { address, settings, kind: 'analog', decimals: decimals ?? (broken ? 2 : decimalsOf(scale)), scale }
}

/** 0.01 shows two. */
function decimalsOf(scale: number): number {
  return Math.max(0, -Math.round(Math.log10(scale)))
}
