/** What the server says of one node, see drivers/driver.ts. */
export interface BrowseNode {
  readonly key: string
  readonly name: string
  readonly path: string
  readonly hasChildren: boolean
  readonly type: string
  readonly description: string
  readonly value: string | null
  readonly good: boolean
  readonly status: string
  readonly sourceTimestamp: number | null
  readonly tag: ProposedTag | null
}

export interface ProposedTag {
  readonly name: string
  readonly address: string
  readonly settings: Record<string, unknown>
  readonly kind: 'analog' | 'counter' | 'digital' | 'text'
  readonly unit: string
}

export interface BrowsePage {
  readonly nodes: readonly BrowseNode[]
  readonly cursor: string | null
}

/** A node where it stands in the tree: the same node may stand below several others. */
export interface Entry {
  readonly id: number
  /** As last told; a refresh puts a newer one here. */
  node: BrowseNode
  /** 1 at the root. */
  readonly level: number
  readonly parent: Entry | null
  readonly position: number
  /** What is below it; null until somebody asked. */
  below: Level | null
  open: boolean
}

/** The nodes below one entry, as far as they were fetched. */
export interface Level {
  readonly parent: Entry | null
  readonly entries: Entry[]
  /** The cursors that its pages so far were asked with, and the entries each brought. */
  readonly pages: { readonly cursor: string | null; readonly entries: readonly Entry[] }[]
  /** Where the next page begins; null after the last. */
  cursor: string | null
  state: 'loading' | 'ready' | 'failed'
  problem: unknown
}

export type Row =
  | { readonly kind: 'node'; readonly entry: Entry }
  /** The place of nodes that are not here yet: being fetched, failed, or waiting to be seen. */
  | { readonly kind: 'rest'; readonly level: Level; readonly depth: number }

export type Mark = 'all' | 'some' | 'none'

/**
 * The part of an address space that was looked at, and what is ticked in it. Knows nothing of fetching. Each change counts up
 * `version`; rows and marks are worked out once for each.
 */
export class BrowseTree {
  readonly root: Level
  /** What a search found; shown instead of the whole while it is there. */
  #found: Level | null = null
  #chosen: ReadonlyMap<string, BrowseNode> = new Map()
  readonly #isTaken: (tag: ProposedTag) => boolean
  #entries = 0
  #version = 0
  #rows: { version: number; rows: readonly Row[] } | null = null
  #marks: { version: number; marks: ReadonlyMap<Entry, Mark> } | null = null

  /** @param isTaken whether the device has this tag already: it is shown as such and never ticked */
  constructor(isTaken: (tag: ProposedTag) => boolean) {
    this.#isTaken = isTaken
    this.root = emptyLevel(null)
  }

  /** The level whose rows are shown. */
  get top(): Level {
    return this.#found ?? this.root
  }

  /** Begins a search with an empty list, or goes back to the whole. @returns the level that is shown now */
  show(what: 'found' | 'whole'): Level {
    this.#found = what === 'found' ? emptyLevel(null) : null
    this.touch()
    return this.top
  }

  get version(): number {
    return this.#version
  }

  /** Everything ticked, in the order of ticking; another map after each change. */
  get chosen(): ReadonlyMap<string, BrowseNode> {
    return this.#chosen
  }

  isChosen(node: BrowseNode): boolean {
    return this.#chosen.has(node.key)
  }

  isTaken(node: BrowseNode): boolean {
    return node.tag !== null && this.#isTaken(node.tag)
  }

  /** Whether it can be ticked. */
  isFree(node: BrowseNode): boolean {
    return node.tag !== null && !this.#isTaken(node.tag)
  }

  /** The level below an entry, made when it is first wanted. */
  levelOf(entry: Entry): Level {
    entry.below ??= emptyLevel(entry)
    return entry.below
  }

  setOpen(entry: Entry, open: boolean): void {
    entry.open = open
    this.touch()
  }

  /** Adds the page that was asked for with the level's cursor. Nodes already there are left out: a list that grows meanwhile repeats some. */
  addPage(level: Level, page: BrowsePage): void {
    const added = this.#enter(level, page.nodes)
    level.pages.push({ cursor: level.cursor, entries: added })
    level.cursor = page.cursor
    level.state = 'ready'
    level.problem = null
    this.touch()
  }

  setState(level: Level, state: Level['state'], problem: unknown = null): void {
    level.state = state
    level.problem = problem
    this.touch()
  }

  /** Newer values of nodes that are there; those that came meanwhile are added where the whole level is known. */
  refresh(level: Level, nodes: readonly BrowseNode[]): void {
    const byKey = new Map(nodes.map((node) => [node.key, node]))
    for (const entry of level.entries) entry.node = byKey.get(entry.node.key) ?? entry.node
    if (level.cursor === null) {
      const added = this.#enter(level, nodes)
      const last = level.pages.at(-1)
      if (last !== undefined) level.pages[level.pages.length - 1] = { ...last, entries: [...last.entries, ...added] }
    }
    this.touch()
  }

  /** @returns the entries of nodes that were not there yet */
  #enter(level: Level, nodes: readonly BrowseNode[]): Entry[] {
    const known = new Set(level.entries.map((entry) => entry.node.key))
    const added: Entry[] = []
    for (const node of nodes) {
      if (known.has(node.key)) continue
      known.add(node.key)
      added.push({
        id: ++this.#entries,
        node,
        level: (level.parent?.level ?? 0) + 1,
        parent: level.parent,
        position: level.entries.length + added.length + 1,
        below: null,
        open: false,
      })
    }
    level.entries.push(...added)
    return added
  }

  /** Ticks or unticks those that can be. */
  choose(nodes: Iterable<BrowseNode>, chosen: boolean): void {
    const next = new Map(this.#chosen)
    for (const node of nodes) {
      if (!chosen) next.delete(node.key)
      else if (this.isFree(node)) next.set(node.key, node)
    }
    this.#chosen = next
    this.touch()
  }

  /** What stands on the screen from top to bottom, with a row for each level's rest. */
  get rows(): readonly Row[] {
    if (this.#rows?.version !== this.#version) this.#rows = { version: this.#version, rows: rowsOf(this.top, 1, []) }
    return this.#rows.rows
  }

  /** Of an entry with what is below it, as far as it was fetched. */
  mark(entry: Entry): Mark {
    if (this.#marks?.version !== this.#version) {
      const marks = new Map<Entry, Mark>()
      this.#count(this.top, marks)
      this.#marks = { version: this.#version, marks }
    }
    return this.#marks.marks.get(entry) ?? 'none'
  }

  touch(): void {
    this.#version++
  }

  /** What stands below a value (its range, its unit) counts for the value alone: a branch is whole without it. */
  #count(level: Level, marks: Map<Entry, Mark>): Count {
    const sum = { free: 0, chosen: 0, known: level.cursor === null && level.pages.length > 0 }
    for (const entry of level.entries) {
      const { node } = entry
      const below = entry.below === null ? { free: 0, chosen: 0, known: !node.hasChildren } : this.#count(entry.below, marks)
      if (isBranch(node)) {
        const all = below.known && below.chosen >= below.free
        marks.set(entry, below.chosen === 0 ? 'none' : all ? 'all' : 'some')
        sum.free += below.free
        sum.chosen += below.chosen
        sum.known &&= below.known
      } else {
        const chosen = this.isChosen(node) ? 1 : 0
        marks.set(entry, chosen === 1 ? 'all' : below.chosen > 0 ? 'some' : 'none')
        sum.free += this.isFree(node) ? 1 : 0
        sum.chosen += chosen
      }
    }
    return sum
  }
}

interface Count {
  readonly free: number
  readonly chosen: number
  /** Whether everything was fetched that is to be counted. */
  readonly known: boolean
}

/** A place without a value of its own: to tick it is to tick what is below. */
export function isBranch(node: BrowseNode): boolean {
  return node.hasChildren && node.tag === null
}

function emptyLevel(parent: Entry | null): Level {
  return { parent, entries: [], pages: [], cursor: null, state: 'loading', problem: null }
}

function rowsOf(level: Level, depth: number, into: Row[]): readonly Row[] {
  for (const entry of level.entries) {
    into.push({ kind: 'node', entry })
    if (entry.open && entry.below !== null) rowsOf(entry.below, depth + 1, into)
  }
  if (level.cursor !== null || level.state !== 'ready') into.push({ kind: 'rest', level, depth })
  return into
}

/** What a node needs to be known again among the tags of the device: where it lies and how it is read. */
export function tagFinder(
  tags: readonly { readonly address: string; readonly settings: Readonly<Record<string, unknown>> }[],
): (tag: ProposedTag) => boolean {
  const byAddress = Map.groupBy(tags, (tag) => tag.address)
  return ({ address, settings }) =>
    (byAddress.get(address) ?? []).some((tag) =>
      Object.entries(settings).every(([name, value]) => JSON.stringify(tag.settings[name]) === JSON.stringify(value)),
    )
}
