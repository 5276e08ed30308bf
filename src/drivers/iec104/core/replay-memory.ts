/** Events in one page, and pages: after a cut a station repeats what was under way, a few hundred events at most. */
const PAGE = 256
const PAGES = 16
/** First letter of the alphabet that stands for octets: 256 letters that neither JSON nor PostgreSQL has to escape. */
const ALEPH = 0x100

/** @returns `prefix`, then the octets as text: the same for the same octets only */
export function eventKey(prefix: string, typeId: number, bytes: Uint8Array, from: number, to: number): string {
  const letters = [ALEPH + typeId]
  for (let at = from; at < to; at++) letters.push(ALEPH + (bytes[at] ?? 0))
  return prefix + String.fromCharCode(...letters)
}

/** As it is remembered; of two pages the one with the greater turn was begun later. */
export interface ReplayPage {
  readonly turn: number
  readonly keys: readonly string[]
}

/**
 * Which events of earlier connections are safe already, so that a station that repeats them after a cut stores none twice. Within one
 * connection TCP and the sequence numbers allow no repetition, and a station whose clock stands still may well report the same twice:
 * so only events of earlier connections count, and each only once.
 */
export class ReplayMemory {
  #before = new Map<string, number>()
  readonly #pages: string[][] = Array.from({ length: PAGES }, () => [])
  #current = 0
  #turn = 0
  #written: Set<number> = new Set()

  /** @param pages as they were remembered, in any order; what is no page is passed over */
  constructor(pages: Iterable<readonly [number: number, page: unknown]> = []) {
    let newest = -1
    for (const [number, page] of pages) {
      if (!isPage(page) || !Number.isInteger(number) || number < 0 || number >= PAGES) continue
      this.#pages[number] = [...page.keys]
      if (page.turn > newest) {
        newest = page.turn
        this.#current = number
      }
    }
    this.#turn = Math.max(0, newest)
    this.begin()
  }

  /** A new connection: from now on everything that was received until now counts as possibly repeated. */
  begin(): void {
    this.#before = new Map()
    for (const page of this.#pages) for (const key of page) this.#before.set(key, (this.#before.get(key) ?? 0) + 1)
  }

  /** Events of earlier connections that have not been repeated. */
  get size(): number {
    return this.#before.size
  }

  /** @returns whether an earlier connection brought this event; then it is forgotten, since a second repetition would be news */
  isRepeated(key: string): boolean {
    if (this.#before.size === 0) return false
    const times = this.#before.get(key)
    if (times === undefined) return false
    if (times === 1) this.#before.delete(key)
    else this.#before.set(key, times - 1)
    return true
  }

  /** @returns whether an earlier connection brought this event, without taking note of the repetition */
  knows(key: string): boolean {
    return this.#before.has(key)
  }

  /** Keeps an event, be it new or repeated: the station may repeat it once more. */
  add(key: string): void {
    let page = this.#pages[this.#current]
    if (page === undefined || page.length >= PAGE) {
      this.#current = (this.#current + 1) % PAGES
      this.#turn++
      page = this.#pages[this.#current] = []
    }
    page.push(key)
    this.#written.add(this.#current)
  }

  /** @returns the pages that changed since the last call, to be remembered with the samples */
  takeWritten(): readonly { readonly number: number; readonly page: ReplayPage }[] {
    if (this.#written.size === 0) return []
    const pages = [...this.#written].map((number) => {
      const behind = (this.#current - number + PAGES) % PAGES
      return { number, page: { turn: this.#turn - behind, keys: [...(this.#pages[number] ?? [])] } }
    })
    this.#written = new Set()
    return pages
  }
}

function isPage(page: unknown): page is ReplayPage {
  return (
    typeof page === 'object' &&
    page !== null &&
    'turn' in page &&
    typeof page.turn === 'number' &&
    'keys' in page &&
    Array.isArray(page.keys) &&
    page.keys.every((key) => typeof key === 'string')
  )
}
