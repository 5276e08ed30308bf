import type { BrowseNode } from './browse-tree.ts'

/**
 * How names are made. `proposed`: the driver's proposal, with as many names of parents before it as it takes to tell them apart.
 * `parent`: always with the one above. `path`: everything below what all have in common.
 */
export type Naming = 'proposed' | 'parent' | 'path'

const LONGEST = 200

/**
 * Names for the tags to be, each different from the others and from those taken, without regard to capital letters.
 * @returns by key of the node
 */
export function proposeNames(nodes: readonly BrowseNode[], naming: Naming, taken: readonly string[]): ReadonlyMap<string, string> {
  const roots = naming === 'path' ? commonDepth(nodes) : 0
  const wishes = nodes.map((node) => wishesFor(node, naming, roots))
  const chosen = naming === 'proposed' ? tellApart(wishes) : wishes.map(([first = '']) => first)
  const used = new Set(taken.map(fold))
  const names = new Map<string, string>()
  nodes.forEach((node, index) => {
    const name = unused(chosen[index] ?? node.name, used)
    used.add(fold(name))
    names.set(node.key, name)
  })
  return names
}

/** @returns what is wrong with a name that somebody typed */
export function nameProblem(name: string): 'empty' | 'characters' | 'long' | null {
  const trimmed = name.trim()
  if (trimmed === '') return 'empty'
  if (/[{}$]/.test(trimmed)) return 'characters'
  return trimmed.length > LONGEST ? 'long' : null
}

function wishesFor(node: BrowseNode, naming: Naming, roots: number): readonly string[] {
  const own = clean(node.tag?.name ?? node.name)
  const name = clean(node.name)
  const above = node.path.split('/').map(clean).filter(Boolean).slice(0, -1)
  const after = (parents: readonly string[], last: string): string => [...parents, last].join('.')
  // how far up the path the driver's own proposal begins
  const begins = above.findIndex((_part, index) => after(above.slice(index), name) === own)
  const last = begins === -1 ? own : name
  if (naming === 'path') return [after(above.slice(roots), last)]
  if (naming === 'parent') return [after(above.slice(-1), last)]
  const further = begins === -1 ? above.length : begins
  return [own, ...above.slice(0, further).map((_part, index) => after(above.slice(further - 1 - index), last))]
}

/** Each takes its shortest wish that nobody else has at the same length. */
function tellApart(wishes: readonly (readonly string[])[]): readonly string[] {
  const length = wishes.map(() => 0)
  for (;;) {
    const now = wishes.map((wish, index) => wish[Math.min(length[index] ?? 0, wish.length - 1)] ?? '')
    const groups = Map.groupBy(
      now.map((_name, index) => index),
      (index) => fold(now[index] ?? ''),
    )
    const longer = [...groups.values()]
      .filter((group) => group.length > 1)
      .flat()
      .filter((index) => (length[index] ?? 0) < (wishes[index]?.length ?? 1) - 1)
    if (longer.length === 0) return now
    for (const index of longer) length[index] = (length[index] ?? 0) + 1
  }
}

/** How many names from the root all have in common. */
function commonDepth(nodes: readonly BrowseNode[]): number {
  const paths = nodes.map((node) => node.path.split('/').slice(0, -1))
  const [first = []] = paths
  let depth = 0
  while (depth < first.length && paths.every((path) => path[depth] === first[depth])) depth++
  return depth
}

function unused(wish: string, used: ReadonlySet<string>): string {
  const base = wish.slice(0, LONGEST)
  if (!used.has(fold(base))) return base
  for (let number = 2; ; number++) {
    const tail = ` ${number}`
    const name = base.slice(0, LONGEST - tail.length) + tail
    if (!used.has(fold(name))) return name
  }
}

function clean(name: string): string {
  return name.replaceAll(/[{}$]/g, '').trim()
}

function fold(name: string): string {
  return name.toLowerCase()
}
