/**
 * @returns the candidate that a person most likely meant: equal but for capitals, blanks and punctuation, else few letters apart;
 * undefined when none is near
 */
export function nearestNode(wanted: string, candidates: Iterable<string>): string | undefined {
  const plain = plainOf(wanted)
  const allowed = Math.max(1, Math.floor(plain.length / 4))
  let best: { readonly name: string; readonly distance: number } | undefined
  for (const name of candidates) {
    const other = plainOf(name)
    if (Math.abs(other.length - plain.length) > allowed) continue
    const distance = other === plain ? 0 : editDistance(plain, other)
    if (distance <= allowed && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { name, distance }
  }
  return best?.name
}

function plainOf(text: string): string {
  return text.toLowerCase().replaceAll(/[\s"'._-]/g, '')
}

/** Levenshtein's, in one row. */
function editDistance(a: string, b: string): number {
  const row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    let diagonal = row[0] ?? 0
    row[0] = i
    for (let j = 1; j <= b.length; j++) {
      const above = row[j] ?? 0
      row[j] = Math.min(above + 1, (row[j - 1] ?? 0) + 1, diagonal + (a[i - 1] === b[j - 1] ? 0 : 1))
      diagonal = above
    }
  }
  return row[b.length] ?? 0
}
