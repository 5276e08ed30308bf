/** So many requests more at most, however many addresses were refused. */
const MOST = 64
/** Registers of a 32 and of a 64 bit value. */
const SIZES = [2, 4] as const

/**
 * Some devices answer for a 32 or 64 bit value only as a whole and refuse its halves, which then look like addresses that do not exist.
 * What was refused alone is asked for together with its neighbours.
 * @param refused addresses that were refused alone, in order
 * @param start of the span that people look at; what lies before it and behind `end` may be read along
 * @param ask undefined when that is refused, too
 * @returns the words found, by address
 */
export async function readTogether(
  refused: readonly number[],
  { start, end }: { readonly start: number; readonly end: number },
  ask: (start: number, count: number) => Promise<Uint8Array | undefined>,
): Promise<ReadonlyMap<number, number>> {
  const found = new Map<number, number>()
  const open = new Set(refused)
  const may = (address: number): boolean => address >= 0 && address <= 0xffff && (address < start || address >= end || open.has(address))
  let asked = 0
  for (const address of refused) {
    // a value may begin before the span
    for (const [first, size] of address === start
      ? [
          [address, 2],
          [address - 1, 2],
          [address, 4],
        ]
      : SIZES.map((size) => [address, size])) {
      if (found.has(address) || first === undefined || size === undefined) break
      if (!Array.from({ length: size }, (_, index) => first + index).every(may)) continue
      if (asked++ >= MOST) return found
      const data = await ask(first, size)
      if (data === undefined) continue
      const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
      for (let index = 0; index < size; index++) {
        found.set(first + index, view.getUint16(index * 2))
        open.delete(first + index)
      }
    }
  }
  return found
}
