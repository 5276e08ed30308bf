/** Pixels: the head, the column of row numbers, the column of live values. */
export const HEAD = 36
export const NUMBER_WIDTH = 52
export const VALUE_WIDTH = 120

/** The row number and the live value are columns too. */
export function ariaColumn(index: number): number {
  return index === 0 ? 2 : index + 3
}
