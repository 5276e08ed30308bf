import type { Millis } from '#base/time.ts'

/** An edge node is asked at most once in this time, lengthened at random so that nodes do not fall into step. */
const NODE_GAP: Millis = 5000
const NODE_JITTER: Millis = 5000
/** Over all edge nodes: a plant of 500 is reborn in 25 s instead of all at once. */
const GAP: Millis = 50
/** Time that passed unused is credit up to this: who asks now and then still gets 20 a second. */
const CREDIT: Millis = 250

/** Whose births are wanted, and when it may be asked: bounded for each edge node and for all together. Time is monotonic. */
export class RebirthQueue {
  /** When each may be asked, in order of wish. */
  readonly #wanted = new Map<string, Millis>()
  readonly #rest = new Map<string, Millis>()
  readonly #random: () => number
  #next: Millis = Number.NEGATIVE_INFINITY

  /** @param random 0 to 1 */
  constructor(random: () => number) {
    this.#random = random
  }

  /** @param within the first try is put off by up to this, to let nodes that act by themselves go ahead */
  want(node: string, at: Millis, within: Millis = 0): void {
    if (this.#wanted.has(node)) return
    this.#wanted.set(node, Math.max(at + within * this.#random(), this.#rest.get(node) ?? at))
  }

  /** The birth has come. */
  done(node: string): void {
    this.#wanted.delete(node)
  }

  forget(node: string): void {
    this.#wanted.delete(node)
    this.#rest.delete(node)
  }

  /** @returns the nodes to ask now; each is asked again only if it is wanted again */
  due(at: Millis): string[] {
    const nodes: string[] = []
    this.#next = Math.max(this.#next, at - CREDIT)
    for (const [node, from] of this.#wanted) {
      if (this.#next + GAP > at) break
      if (from > at) continue
      this.#next += GAP
      this.#wanted.delete(node)
      this.#rest.set(node, at + NODE_GAP + NODE_JITTER * this.#random())
      nodes.push(node)
    }
    return nodes
  }
}
