interface Branch<T> {
  readonly below: Map<string, Branch<T>>
  /** Below a `+`. */
  anyLevel: Branch<T> | undefined
  /** Of filters that end here. */
  here: T[] | undefined
  /** Of filters that end with `#` below here. */
  rest: T[] | undefined
}

/**
 * From topic filters to whoever wants them. Of all filters that match a topic only the most specific counts: level by level from the
 * left a written level beats `+`, and `+` beats `#`. Topics that begin with `$` are not reached by a leading wildcard (MQTT 4.7.2).
 */
export class TopicRouter<T> {
  readonly #root: Branch<T> = newBranch()
  /** What topics led to since the filters changed: a plant publishes the same ones all the time. */
  readonly #known = new Map<string, readonly T[]>()

  /** The same filter may lead to several. */
  add(filter: string, target: T): void {
    this.#known.clear()
    const levels = filter.split('/')
    const open = levels.at(-1) === '#'
    let branch = this.#root
    for (const level of open ? levels.slice(0, -1) : levels) branch = grow(branch, level)
    if (open) (branch.rest ??= []).push(target)
    else (branch.here ??= []).push(target)
  }

  /** Takes away one target of one filter, and the branches that only it needed. */
  remove(filter: string, target: T): void {
    this.#known.clear()
    const levels = filter.split('/')
    const open = levels.at(-1) === '#'
    const trail: Branch<T>[] = [this.#root]
    for (const level of open ? levels.slice(0, -1) : levels) {
      const last = trail.at(-1)
      const next = level === '+' ? last?.anyLevel : last?.below.get(level)
      if (next === undefined) return
      trail.push(next)
    }
    const end = trail.at(-1)
    if (end === undefined) return
    if (open) end.rest = without(end.rest, target)
    else end.here = without(end.here, target)
    for (let depth = trail.length - 1; depth > 0; depth--) {
      const branch = trail[depth]
      const parent = trail[depth - 1]
      if (branch === undefined || parent === undefined || !isBare(branch)) return
      const level = levels[depth - 1] ?? ''
      if (level === '+') parent.anyLevel = undefined
      else parent.below.delete(level)
    }
  }

  /** @returns the targets of the most specific filter; none when no filter matches */
  match(topic: string): readonly T[] {
    const known = this.#known.get(topic)
    if (known !== undefined) return known
    const found = descend(this.#root, topic, 0, topic.charCodeAt(0) === DOLLAR) ?? NOBODY
    if (this.#known.size >= MAX_KNOWN) this.#known.clear()
    this.#known.set(topic, found)
    return found
  }
}

const DOLLAR = 0x24
const MAX_KNOWN = 20_000
const NOBODY: readonly never[] = []

/** @param from where the next level begins; beyond the end when there is none. @param hidden a leading wildcard does not see this topic */
function descend<T>(branch: Branch<T>, topic: string, from: number, hidden: boolean): readonly T[] | undefined {
  if (from > topic.length) return branch.here ?? branch.rest
  const slash = topic.indexOf('/', from)
  const end = slash === -1 ? topic.length : slash
  const written = branch.below.size === 0 ? undefined : branch.below.get(topic.slice(from, end))
  if (written !== undefined) {
    const found = descend(written, topic, end + 1, false)
    if (found !== undefined) return found
  }
  if (hidden) return undefined
  if (branch.anyLevel !== undefined) {
    const found = descend(branch.anyLevel, topic, end + 1, false)
    if (found !== undefined) return found
  }
  return branch.rest
}

function newBranch<T>(): Branch<T> {
  return { below: new Map(), anyLevel: undefined, here: undefined, rest: undefined }
}

function grow<T>(branch: Branch<T>, level: string): Branch<T> {
  if (level === '+') return (branch.anyLevel ??= newBranch())
  const known = branch.below.get(level)
  if (known !== undefined) return known
  const made = newBranch<T>()
  branch.below.set(level, made)
  return made
}

function without<T>(list: T[] | undefined, target: T): T[] | undefined {
  if (list === undefined) return undefined
  const at = list.indexOf(target)
  if (at === -1) return list
  const left = list.toSpliced(at, 1)
  return left.length === 0 ? undefined : left
}

function isBare<T>(branch: Branch<T>): boolean {
  return branch.below.size === 0 && branch.anyLevel === undefined && branch.here === undefined && branch.rest === undefined
}
