import type { Micros } from '#base/time.ts'
import { quantityLimit, type FunctionCode } from './pdu.ts'

/** What a tag needs from the device: `count` registers or bits from `start`. */
export interface Span {
  readonly functionCode: FunctionCode
  readonly start: number
  readonly count: number
}

/** One request, and whom its answer serves. Members are in order of address. */
export interface Block<Member extends Span> extends Span {
  readonly members: readonly Member[]
}

/**
 * What the device has refused. A `gap` may not be read across (`start` equals `end`: a place that may not be crossed);
 * a `tag` is a span that is illegal in itself.
 */
export interface Hole {
  readonly kind: 'gap' | 'tag'
  readonly functionCode: FunctionCode
  readonly start: number
  /** Exclusive. */
  readonly end: number
  readonly exceptionCode: number
  /** When to try again. */
  readonly until: Micros
}

export interface BlockLimits {
  /** Registers in one request, 1 to 125; bits count sixteen to the register. */
  readonly maxBlock: number
  /** Registers that nobody asked for, read along to save a request. */
  readonly maxGap: number
}

/**
 * Groups spans into as few requests as the limits allow. A span is never split; one longer than the limits stands alone.
 * Function codes are never mixed and no block reads across a hole.
 */
export function planBlocks<Member extends Span>(spans: readonly Member[], limits: BlockLimits, holes: readonly Hole[]): Block<Member>[] {
  const ordered = spans.toSorted((a, b) => a.functionCode - b.functionCode || a.start - b.start || a.count - b.count)
  const blocks: Block<Member>[] = []
  let members: Member[] = []
  let start = 0
  let end = 0
  for (const span of ordered) {
    const functionCode = members[0]?.functionCode
    const perRegister = span.functionCode < 3 ? 16 : 1
    const newEnd = Math.max(end, span.start + span.count)
    const joins =
      functionCode === span.functionCode &&
      span.start - end <= limits.maxGap * perRegister &&
      newEnd - start <= Math.min(limits.maxBlock * perRegister, quantityLimit(span.functionCode)) &&
      !holes.some((hole) => bars(hole, span.functionCode, start, newEnd))
    if (joins) {
      members.push(span)
      end = newEnd
    } else {
      if (members.length > 0) blocks.push(blockOf(members))
      members = [span]
      start = span.start
      end = span.start + span.count
    }
  }
  if (members.length > 0) blocks.push(blockOf(members))
  return blocks
}

function bars(hole: Hole, functionCode: FunctionCode, start: number, end: number): boolean {
  if (hole.functionCode !== functionCode) return false
  return hole.kind === 'gap' ? start < hole.start && hole.end < end : start < hole.end && hole.start < end
}

/** @returns the hole that says this very span is illegal. */
export function illegalSpan(span: Span, holes: readonly Hole[]): Hole | undefined {
  return holes.find(
    (hole) =>
      hole.kind === 'tag' && hole.functionCode === span.functionCode && hole.start === span.start && hole.end === span.start + span.count,
  )
}

/**
 * Cuts a refused block in two at its widest gap, or else in the middle.
 * @returns undefined when only one span is left: then that span is what the device refuses
 */
export function bisect<Member extends Span>(block: Block<Member>): readonly [Block<Member>, Block<Member>] | undefined {
  const { members } = block
  let best = -1
  let bestGap = 0
  let end = 0
  for (const [index, member] of members.entries()) {
    const before = members[index - 1]
    if (before !== undefined && (before.start !== member.start || before.count !== member.count)) {
      const gap = Math.max(0, member.start - end)
      const nearerMiddle = Math.abs(index - members.length / 2) < Math.abs(best - members.length / 2)
      if (best === -1 || gap > bestGap || (gap === bestGap && nearerMiddle)) {
        best = index
        bestGap = gap
      }
    }
    end = Math.max(end, member.start + member.count)
  }
  return best === -1 ? undefined : [blockOf(members.slice(0, best)), blockOf(members.slice(best))]
}

function blockOf<Member extends Span>(members: readonly Member[]): Block<Member> {
  const first = members[0]
  const start = first?.start ?? 0
  const end = members.reduce((furthest, member) => Math.max(furthest, member.start + member.count), start)
  return { functionCode: first?.functionCode ?? 3, start, count: end - start, members }
}

/** @returns the place between two halves of a refused block that were read one by one. */
export function gapBetween(left: Span, right: Span, exceptionCode: number, until: Micros): Hole {
  const leftEnd = Math.min(left.start + left.count, right.start)
  return { kind: 'gap', functionCode: left.functionCode, start: leftEnd, end: right.start, exceptionCode, until }
}
