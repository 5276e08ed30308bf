/** @returns a payload as one line for people: control characters made visible, cut at `longest` characters */
export function onOneLine(payload: string, longest: number): string {
  const cut = payload.length > longest ? `${payload.slice(0, longest)}…` : payload
  return cut.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
}
