const MOST_DECIMALS = 6

/** @returns how many decimals the marks of an axis need so that each says where it stands: of 2.5, 5 and 7.5 it is one */
export function axisDecimals(marks: readonly number[]): number {
  const gap = Math.abs((marks[1] ?? 1) - (marks[0] ?? 0))
  let decimals = 0
  // the marks are sums in binary
  while (decimals < MOST_DECIMALS && Math.abs(Math.round(gap * 10 ** decimals) / 10 ** decimals - gap) > gap * 1e-6) decimals++
  return decimals
}
