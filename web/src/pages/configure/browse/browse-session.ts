import { type BrowseNode, type BrowsePage, type BrowseTree, type Entry, isBranch, type Level, type Row } from './browse-tree.ts'

export interface BrowseRequest {
  readonly parent: string | null
  readonly search: string | null
  readonly cursor: string | null
  readonly limit: number
}

/** Asks the device, by way of its driver. @throws what is to be shown in place of the nodes */
export type BrowseSource = (request: BrowseRequest, signal: AbortSignal) => Promise<BrowsePage>

/** Nodes a page when somebody looks, and when a whole branch is wanted. */
const PAGE = 200
const BRANCH_PAGE = 1000
/** More nodes are not fetched for one tick. */
export const MOST_GATHERED = 20_000
const GATHERERS = 4
const REFRESH_MILLIS = 2000

/** A tree that fetches what is looked at, keeps the values of what is on the screen new, and gathers whole branches. */
export class BrowseSession {
  readonly tree: BrowseTree
  readonly #source: BrowseSource
  readonly #listeners = new Set<() => void>()
  #run = new AbortController()
  #gathering: AbortController | null = null
  #search: string | null = null
  #visible: readonly Row[] = []
  #shown: { level: Level; stop: AbortController } | null = null
  /** Nodes seen so far while a branch is gathered; null otherwise. */
  gathered: number | null = null
  /** Why the values on the screen are no longer refreshed; null while they are. */
  refreshProblem: unknown = null

  constructor(source: BrowseSource, tree: BrowseTree) {
    this.#source = source
    this.tree = tree
  }

  /** Fetches the first page and begins to refresh. @returns what ends it */
  start(): () => void {
    this.#run = new AbortController()
    const { signal } = this.#run
    if (this.tree.root.pages.length === 0) void this.more(this.tree.root)
    let timer: ReturnType<typeof setTimeout>
    const again = (): void => {
      timer = setTimeout(() => void this.#refresh(signal).finally(() => signal.aborted || again()), REFRESH_MILLIS)
    }
    again()
    return () => {
      clearTimeout(timer)
      this.#run.abort()
    }
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  get version(): number {
    return this.tree.version
  }

  get searching(): boolean {
    return this.#search !== null
  }

  /** Fetches the next page of a level. */
  async more(level: Level, signal: AbortSignal = this.#run.signal, limit = PAGE): Promise<void> {
    this.tree.setState(level, 'loading')
    this.#tell()
    const search = level === this.#shown?.level ? this.#search : null
    try {
      const page = await this.#source({ parent: level.parent?.node.key ?? null, search, cursor: level.cursor, limit }, signal)
      signal.throwIfAborted()
      this.tree.addPage(level, page)
    } catch (error) {
      // what was given up on purpose waits to be asked again
      if (signal.aborted) this.tree.setState(level, level.pages.length === 0 ? 'failed' : 'ready')
      else this.tree.setState(level, 'failed', error)
    }
    this.#tell()
  }

  setOpen(entry: Entry, open: boolean): void {
    const level = this.tree.levelOf(entry)
    this.tree.setOpen(entry, open)
    if (open && level.pages.length === 0) void this.more(level)
    this.#tell()
  }

  /** Shows what a search finds; an empty text goes back to the tree. */
  searchFor(text: string): void {
    const wanted = text.trim()
    if (wanted === (this.#search ?? '')) return
    this.#shown?.stop.abort()
    this.#search = wanted === '' ? null : wanted
    if (this.#search === null) {
      this.#shown = null
      this.tree.show('whole')
      this.#tell()
      return
    }
    this.#shown = { level: this.tree.show('found'), stop: new AbortController() }
    void this.more(this.#shown.level, AbortSignal.any([this.#run.signal, this.#shown.stop.signal]))
  }

  choose(nodes: Iterable<BrowseNode>, chosen: boolean): void {
    this.tree.choose(nodes, chosen)
    this.#tell()
  }

  /** The rows on the screen: the rest of a level is fetched when its row is seen. */
  see(rows: readonly Row[]): void {
    this.#visible = rows
    for (const row of rows) {
      if (row.kind === 'rest' && row.level.state === 'ready' && row.level.cursor !== null) void this.more(row.level)
    }
  }

  /**
   * Ticks everything below an entry, or everything that a search found, fetching what is not here yet.
   * @returns whether it came to its end: not stopped, no page refused, not more than {@link MOST_GATHERED} nodes
   */
  async chooseAll(below: Entry | null): Promise<boolean> {
    if (this.#gathering !== null) return false
    const stop = new AbortController()
    this.#gathering = stop
    this.gathered = 0
    const signal = AbortSignal.any([this.#run.signal, stop.signal])
    const seen = new Set<string>()
    const queue: Level[] = [below === null ? this.tree.top : this.tree.levelOf(below)]
    // what a search found is a list: what lies below each was searched as well
    const flat = below === null && this.searching
    let whole = true
    let busy = 0
    const work = async (): Promise<void> => {
      for (;;) {
        const level = queue.shift()
        if (level === undefined) {
          if (busy === 0) return
          await new Promise((resolve) => setTimeout(resolve, 5))
          continue
        }
        busy++
        whole = (await this.#fetchAll(level, signal)) && whole
        busy--
        for (const entry of level.entries) {
          if (seen.has(entry.node.key)) continue
          seen.add(entry.node.key)
          if (!flat && isBranch(entry.node)) queue.push(this.tree.levelOf(entry))
        }
        this.tree.choose(
          level.entries.map((entry) => entry.node),
          true,
        )
        this.gathered = seen.size
        this.#tell()
        if (seen.size >= MOST_GATHERED || signal.aborted) {
          whole = false
          return
        }
      }
    }
    await Promise.all(Array.from({ length: GATHERERS }, work))
    this.#gathering = null
    this.gathered = null
    this.#tell()
    return whole
  }

  stopGathering(): void {
    this.#gathering?.abort()
  }

  async #fetchAll(level: Level, signal: AbortSignal): Promise<boolean> {
    while (level.pages.length === 0 || level.cursor !== null) {
      if (signal.aborted) return false
      await this.more(level, signal, BRANCH_PAGE)
      if (level.state === 'failed') return false
    }
    return true
  }

  /** Asks once more for the pages of which something is on the screen. */
  async #refresh(signal: AbortSignal): Promise<void> {
    if (document.visibilityState !== 'visible' || this.gathered !== null) return
    const entries = new Set(this.#visible.flatMap((row) => (row.kind === 'node' ? [row.entry] : [])))
    const levels = new Set([...entries].map((entry) => entry.parent?.below ?? this.tree.top))
    // where nothing was yet, something may have come
    for (const { open, below } of entries) if (open && below?.entries.length === 0) levels.add(below)
    if (this.tree.top.entries.length === 0) levels.add(this.tree.top)
    let problem: unknown = null
    for (const level of levels) {
      if (level.state !== 'ready') continue
      for (const { cursor, entries: brought } of level.pages) {
        if (level.entries.length > 0 && !brought.some((entry) => entries.has(entry))) continue
        const search = level === this.#shown?.level ? this.#search : null
        try {
          const limit = Math.min(BRANCH_PAGE, Math.max(PAGE, brought.length))
          const page = await this.#source({ parent: level.parent?.node.key ?? null, search, cursor, limit }, signal)
          this.tree.refresh(level, page.nodes)
        } catch (error) {
          if (signal.aborted) return
          problem = error
        }
        this.#tell()
      }
    }
    this.refreshProblem = problem
    this.tree.touch()
    this.#tell()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}
