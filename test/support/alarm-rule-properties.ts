import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import type { Operator, TagRule } from '#domain/alarm.ts'
import type { AlarmCore } from './alarm-core.ts'
import { History, tagRule, type Word } from './alarm-history.ts'
import { eventsOf, good, standing, type Era, type Judged, type Live } from './alarm-meaning.ts'

/*
 * Delays, quality, restarts and edits of every kind of rule against their meaning, over changes of summer time both ways.
 */

const END = 60
/** An ordinary day, and twenty seconds before the clocks of Lisbon are put forward and back. */
export const BASES = ['2027-01-15T08:00:00Z', '2027-03-28T00:59:40Z', '2027-10-31T00:59:40Z'].map((text) => Date.parse(text) * 1000)

type Signal = (rule: TagRule, live: readonly Live[], at: number) => number | undefined

const lastOf = (live: readonly Live[], at: number): Word | undefined => live.findLast((one) => one.at <= at)?.word
const numbersOf = (live: readonly Live[], at: number): { at: number; value: number }[] =>
  live.flatMap((one) => (one.at <= at && typeof one.word === 'number' ? [{ at: one.at, value: one.word }] : []))

const SIGNALS = {
  threshold: (_, live, at) => good(live, at),
  digital: ({ bit }, live, at) => {
    const value = good(live, at)
    if (value === undefined || bit === null) return value === undefined ? undefined : Number(value !== 0)
    // two's complement of 32 bits, written out
    return Number(
      (value < 0 ? 2 ** 32 + value : value)
        .toString(2)
        .padStart(32, '0')
        .at(-1 - bit),
    )
  },
  /** What is not a number is a gap, across which nothing is told; the value of half a second ago is looked at with whole seconds. */
  rate_of_change: ({ windowSeconds }, live, at) => {
    const gap = live.findLast((one) => one.at <= at && typeof one.word !== 'number')
    const known = numbersOf(live, at).filter((one) => one.at > (gap?.at ?? -1))
    const [first, last] = [known[0], known.at(-1)]
    const window = 2 * (windowSeconds ?? 0)
    if (good(live, at) === undefined || first === undefined || last === undefined || 2 * (at - first.at) < window) return undefined
    const begin = known.findLast((one) => one.at <= at - window) ?? first
    return (60 * (last.value - begin.value)) / (Math.min(at - first.at, window) / 2)
  },
  totalizer: ({ windowSeconds, operator }, live, at) => {
    const begin = at - 2 * (windowSeconds ?? 0)
    if (good(live, at) === undefined) return undefined
    // too little is only too little over a whole window
    if (operator.startsWith('<')) for (let t = begin; t < at; t++) if (t < 0 || good(live, t) === undefined) return undefined
    return numbersOf(live, at).reduce((sum, one, index, all) => {
      const before = all[index - 1]?.value
      if (before === undefined || one.at <= begin) return sum
      return sum + (one.value >= before ? one.value - before : one.value)
    }, 0)
  },
  /** While the device does not answer nothing is known of the quality of its values. */
  bad_quality: (_, live, at) => {
    const word = lastOf(live, at)
    return word === undefined || word === 'lost' ? undefined : Number(word === 'bad')
  },
} satisfies Record<string, Signal>
type Kind = keyof typeof SIGNALS

/** A rule that people change while it is in force. */
interface Told {
  readonly eras: readonly Era[]
  /** Of each second. */
  readonly words: readonly (Word | undefined)[]
  readonly restarts: readonly number[]
  /** Edits find the engine stopped. */
  readonly down: boolean
  readonly base: number
  /** Ticks by which the clock of the device is behind; less than 0: ahead. */
  readonly behind: number
}

/** What a device says before anything happens, so that its clock is known. */
const BEFORE = [-6, -4, -2]

function judge(core: AlarmCore, { eras, words, restarts, down, base, behind }: Told): string[] {
  const history = new History(core, eras[0]?.rule ?? tagRule({}), base)
  for (const at of BEFORE) history.deliver(at, [{ tagId: 2, stamp: at - behind, word: 0 }])
  for (let at = 0; at <= END; at++) {
    const edited = eras.find((era, index) => index > 0 && era.from === at)
    // who ends what a stopped engine does not know any more is the store
    if (edited !== undefined) history.edit(at, edited.rule, down && edited.rule.enabled)
    if (at % 2 === 1) continue
    const word = words[at / 2]
    history.deliver(at, word === undefined ? [] : [{ tagId: 1, stamp: word === 'lost' ? at : at - behind, word }])
    if (restarts.includes(at)) history.restart()
  }
  history.deliver(END + 2, [])
  return history.happened.filter((one) => one.at + behind <= END).map(({ kind, at }) => `${kind} ${at + behind}`)
}

function meaning({ eras, words }: Told): string[] {
  const live = words.flatMap((word, second) => (word === undefined ? [] : [{ at: 2 * second, word }]))
  const judged = Array.from({ length: END + 1 }, (_, at): Judged => {
    const { rule } = eras.findLast((era) => era.from <= at) ?? { rule: tagRule({}) }
    const signal = SIGNALS[rule.kind as Kind]
    const edited = eras.some((era, index) => index > 0 && era.from === at)
    const now = signal(rule, live, edited ? at : at - (at % 2))
    if (!edited || now !== undefined || (rule.kind !== 'threshold' && rule.kind !== 'digital'))
      return { signal: now, counts: now !== undefined }
    // an edit is judged by the last good value
    const last = numbersOf(live, at).at(-1)
    return { signal: last === undefined ? undefined : signal(rule, live, last.at), counts: false }
  })
  const events = eventsOf(standing(judged, eras))
  if (eras[0]?.rule.transitionOnly !== true) return events
  return events.filter((one) => one.startsWith('raise')).flatMap((one) => [one, one.replace('raise', 'clear')])
}

const seconds = fc.integer({ min: 0, max: 4 })
const delays = fc.record({ onDelaySeconds: seconds, offDelaySeconds: seconds })
const limits = fc.record({ operator: fc.constantFrom<Operator>('>', '>=', '<', '<='), deadband: fc.integer({ min: 0, max: 2 }) })
const band = fc.record({ deadband: fc.integer({ min: 0, max: 2 }) })
const enabled = fc.record({ enabled: fc.boolean() })
/** While such a rule is off its window is filled from history, which there is none of here. */
const WINDOWED: ReadonlySet<Kind> = new Set(['rate_of_change', 'totalizer'])
const setpoint = fc.integer({ min: -2, max: 3 })

/** The numbers of a rule, and what people make of them. */
const NUMBERS: Readonly<Record<Kind, { rule: fc.Arbitrary<Partial<TagRule>>; line: fc.Arbitrary<Partial<TagRule>> }>> = {
  threshold: {
    rule: fc.record({
      operator: fc.constantFrom<Operator>('>', '>=', '<', '<=', '=', '!='),
      deadband: fc.integer({ min: 0, max: 2 }),
      setpoint,
    }),
    line: fc.record({ setpoint }),
  },
  digital: {
    rule: fc.record({ bit: fc.constantFrom(null, 0, 1, 31), setpoint: fc.constantFrom(0, 1), transitionOnly: fc.boolean() }),
    line: fc.record({ setpoint: fc.constantFrom(0, 1) }),
  },
  rate_of_change: {
    rule: fc.tuple(limits, fc.constantFrom(2, 4, 6, 8)).map(([change, windowSeconds]) => ({ ...change, windowSeconds, setpoint: 30 })),
    line: fc.record({ setpoint: fc.constantFrom(-60, -30, 0, 30, 60) }),
  },
  totalizer: {
    rule: fc.tuple(limits, fc.integer({ min: 2, max: 8 })).map(([change, windowSeconds]) => ({ ...change, windowSeconds, setpoint: 3 })),
    line: fc.record({ setpoint: fc.integer({ min: 0, max: 6 }) }),
  },
  bad_quality: { rule: fc.constant({}), line: fc.constant({}) },
}

const wordsOf = (numbers: fc.Arbitrary<number>): fc.Arbitrary<(Word | undefined)[]> =>
  fc.array(
    fc.oneof(
      { weight: 8, arbitrary: numbers },
      { weight: 2, arbitrary: fc.constantFrom<Word>('bad', 'lost') },
      { weight: 8, arbitrary: fc.constant(undefined) },
    ),
    { minLength: 1, maxLength: END / 2 - 4 },
  )

function toldOf(kind: Kind): fc.Arbitrary<Told> {
  const { rule, line } = NUMBERS[kind]
  // a counter is never 0 by accident, which would be a fault of the reading
  const words = wordsOf(kind === 'totalizer' ? fc.integer({ min: 1, max: 5 }) : fc.integer({ min: -4, max: 4 }))
  const odd = fc.integer({ min: 2, max: END / 2 - 2 }).map((second) => 2 * second + 1)
  return fc
    .record({
      first: fc.tuple(rule, delays).map(([change, delay]) => tagRule({ kind, ...change, ...delay })),
      edits: fc.array(fc.record({ from: odd, change: fc.oneof(line, delays, band, ...(WINDOWED.has(kind) ? [] : [enabled])) }), {
        maxLength: 4,
      }),
      words,
      restarts: fc.array(
        fc.integer({ min: 0, max: END / 2 }).map((second) => 2 * second),
        { maxLength: 2 },
      ),
      down: fc.boolean(),
      base: fc.constantFrom(...BASES),
      behind: fc.constantFrom(0, 0, 0, -40, 6, 30, 300),
    })
    .map(({ first, edits, ...rest }): Told => {
      const eras: Era[] = [{ from: 0, rule: first }]
      for (const edit of edits.toSorted((a, b) => a.from - b.from)) {
        const last = eras.at(-1)
        if (last === undefined || edit.from <= last.from) continue
        const rule = { ...last.rule, ...edit.change }
        // what changes nothing is no edit
        if (!isDeepStrictEqual(rule, last.rule)) eras.push({ from: edit.from, rule })
      }
      return { eras, ...rest }
    })
}

const agrees = (kind: Kind) => (core: AlarmCore) => fc.property(toldOf(kind), (told) => assert.deepEqual(judge(core, told), meaning(told)))

export const RULE_PROPERTIES = {
  threshold: agrees('threshold'),
  digital: agrees('digital'),
  rate_of_change: agrees('rate_of_change'),
  totalizer: agrees('totalizer'),
  bad_quality: agrees('bad_quality'),
}
