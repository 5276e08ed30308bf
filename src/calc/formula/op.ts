/** What an instruction does. `a`, `b` and `to` are registers; of those that jump `to` is where. */
export const Op = {
  move: 0,
  add: 1,
  subtract: 2,
  multiply: 3,
  divide: 4,
  modulo: 5,
  power: 6,
  less: 7,
  atMost: 8,
  greater: 9,
  atLeast: 10,
  equal: 11,
  unequal: 12,
  and: 13,
  or: 14,
  negate: 15,
  not: 16,
  least: 17,
  greatest: 18,
  abs: 19,
  sqrt: 20,
  round: 21,
  floor: 22,
  ceil: 23,
  ln: 24,
  log10: 25,
  exp: 26,
  sign: 27,
  /** One more than `b` where `a` has a value. */
  count: 28,
  /** Whether `a` has a value and all that was read since `hold` is Good; how bad things were before lies in `b`. */
  good: 29,
  /** Keeps in `to` how bad what was read is, and begins anew. */
  hold: 30,
  /** Takes from `a` what `hold` kept. */
  restore: 31,
  jump: 32,
  /** To the other branch where `a` is 0; without a value to the jump before it, which leads beyond both, and `b` has none. */
  branch: 33,
  /** Where `a` has no value neither has `b`, and that is all. */
  endsIfNone: 34,
  endsIfZero: 35,
  endsIfTrue: 36,
  endsIfKnown: 37,
} as const
export type Op = (typeof Op)[keyof typeof Op]

/** How many numbers each is: `op`, `a`, `b`, `to`. */
export const INSTRUCTION = 4
