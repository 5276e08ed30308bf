const LAST = 0xffff_ffff

/** The number after `sequence`; 0 is never used (Part 4, 7.30). */
export function nextSequence(sequence: number): number {
  return sequence >= LAST ? 1 : sequence + 1
}

/** How far ahead of the expected a number may be before it is taken for an old one that came late. */
const WINDOW = 0x8000_0000

export type Arrival =
  /** The one that was expected. */
  | { readonly kind: 'next' }
  /** Seen before, or older than what we know. */
  | { readonly kind: 'old' }
  /** `missing` went before it and did not arrive; more than `MOST_ASKED` are not worth asking for. */
  | { readonly kind: 'gap'; readonly missing: readonly number[]; readonly lost: number }

const MOST_ASKED = 1000

/**
 * @param expected the number that should come
 * @param arrived the number that came; of a keep-alive the one that comes next (Part 4, 5.14.1.1)
 */
export function judgeArrival(expected: number, arrived: number): Arrival {
  if (arrived === expected) return { kind: 'next' }
  const ahead = distance(expected, arrived)
  if (ahead >= WINDOW) return { kind: 'old' }
  const missing: number[] = []
  for (let one = expected; one !== arrived && missing.length < MOST_ASKED; one = nextSequence(one)) missing.push(one)
  return { kind: 'gap', missing, lost: ahead }
}

/** Steps from one number to another in the ring 1 to 2^32-1. */
function distance(from: number, to: number): number {
  return to >= from ? to - from : LAST - from + to
}
