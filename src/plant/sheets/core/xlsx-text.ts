/** What XML cannot hold, and what a reader would take for the escape of it (ECMA-376 part 1, 22.9.2.19). */
export function escapeXlsx(text: string): string {
  return text
    .replaceAll(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_')
    .replaceAll(/[\p{Cc}\ufffe\uffff]/gu, (one) =>
      one === '\t' || one === '\n' ? one : `_x${one.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`,
    )
}
