import type { Layout } from './layout.ts'
import { FORMAT_WORDS } from './row-reader.ts'
import type { Sniffed } from './sniff.ts'
import type { OrderProof } from './time-text.ts'

/** How a file is read, or what stands in the way. */
export type Structure =
  | {
      readonly kind: 'known'
      readonly layout: Layout
      readonly dateProof: string
      /** The order of day and month that this file itself proves. */
      readonly provedOrder: 'dmy' | 'mdy' | null
      readonly marksProof: string | null
    }
  | { readonly kind: 'empty' }
  /** Only a person can say: day or month first. */
  | { readonly kind: 'question'; readonly layout: Layout; readonly problem: string; readonly remedy: string }
  | { readonly kind: 'unreadable'; readonly problem: string; readonly remedy: string }

/**
 * Settles what the beginning of a file left open.
 * @param proof what all dates of the file say; null where nothing was open
 * @param remembered the order that an earlier file of this device proved
 */
export function settle(sniffed: Sniffed, proof: OrderProof | null, remembered: 'dmy' | 'mdy' | null): Structure {
  if (sniffed.kind !== 'known') return sniffed
  const { layout, time, marksProof } = sniffed
  if (time.kind === 'format') {
    const words = FORMAT_WORDS[time.format]
    const provedOrder = time.proof !== null && (time.format === 'dmy' || time.format === 'mdy') ? time.format : null
    return { kind: 'known', layout, dateProof: time.proof === null ? words : `${words}, proved by ${time.proof}`, provedOrder, marksProof }
  }
  const order = proof?.order ?? remembered
  if (order === null) {
    return {
      kind: 'question',
      layout,
      problem: `Is ${time.example} written day first or month first? No date of the file has a day after the 12th, so it cannot be told`,
      remedy: 'Set the date format of the device to dmy (day first) or mdy (month first).',
    }
  }
  const why = proof?.order === undefined ? 'as an earlier file of this device proved' : `proved by ${proof.cell}`
  const provedOrder = proof?.order ?? null
  return { kind: 'known', layout: { ...layout, timeFormat: order }, dateProof: `${FORMAT_WORDS[order]}, ${why}`, provedOrder, marksProof }
}
