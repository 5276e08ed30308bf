/** @returns every path and every parent of one, each once, a parent before what is below it */
export function categoryTree(paths: readonly string[]): readonly string[] {
  const all = new Set<string>()
  for (const path of paths) {
    const parts = path.split('/')
    for (let depth = 1; depth <= parts.length; depth++) all.add(parts.slice(0, depth).join('/'))
  }
  // by parts: a plain order of texts would put `Power-2` between `Power` and `Power/Pumps`
  const byParts = (a: string, b: string): number => {
    const [left, right] = [a.split('/'), b.split('/')]
    for (const [index, part] of left.entries()) {
      const other = right[index]
      if (other === undefined) return 1
      if (part !== other) return part < other ? -1 : 1
    }
    return left.length - right.length
  }
  return [...all].toSorted(byParts)
}
