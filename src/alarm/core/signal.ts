import type { Micros } from '#base/time.ts'
import { curveDistance } from '#calc/curve.ts'
import { ChangeWindow } from '#calc/change-window.ts'
import type { TagRuleKind } from '#domain/alarm.ts'
import { QualitySeverity } from '#domain/sample.ts'
import type { Evidence } from './condition.ts'
import type { TagMemory, TagRuleMemory, TagWindow } from './memory.ts'

/** @returns what the rule judges of a value of its tag; undefined is no evidence */
export function signalOf(rule: TagRuleMemory, value: Evidence, at: Micros): Evidence | undefined {
  switch (rule.rule.kind) {
    case 'threshold':
    case 'out_of_band':
      return value
    case 'deviation':
      return rule.rule.target === 0 || rule.rule.target === null ? undefined : value
    case 'digital':
      return rule.rule.bit === null ? stateOf(value) : bitOf(value, rule.rule.bit)
    case 'totalizer':
    case 'rate_of_change':
      return rule.window === undefined ? undefined : windowSignal(rule, rule.window, at)
    case 'curve':
      return curveSignal(rule)
    case 'bad_quality':
      return qualitySignal(rule.tag)
    case 'stale':
      return undefined
  }
}

/** @returns what the rule would judge now, without a new reading */
export function currentSignal(rule: TagRuleMemory, at: Micros): Evidence | undefined {
  const { value, severity } = rule.tag
  if (rule.rule.kind === 'bad_quality') return qualitySignal(rule.tag)
  if (value === undefined) return undefined
  if (rule.rule.kind !== 'threshold' && rule.rule.kind !== 'digital' && severity === QualitySeverity.Bad) return undefined
  return signalOf(rule, value, at)
}

/** A device that does not answer has its own alarm, and says nothing of its values: 1 is bad. */
export function qualitySignal({ heard, severity }: TagMemory): number | undefined {
  return heard ? Number(severity === QualitySeverity.Bad) : undefined
}

/** Whether the rule changes by mere time. */
export function isWindowed({ rule }: TagRuleMemory): boolean {
  return isWindowedKind(rule.kind)
}

export function isWindowedKind(kind: TagRuleKind): boolean {
  return kind === 'totalizer' || kind === 'rate_of_change'
}

/** A totalizer that alarms when too little came needs a whole window of data; too much is too much at once. */
export function minCoverOf({ rule }: TagRuleMemory): number {
  if (rule.kind === 'rate_of_change') return 0.5
  return rule.operator === '>' || rule.operator === '>=' ? 0 : 1
}

function windowSignal(rule: TagRuleMemory, window: TagWindow, at: Micros): number | undefined {
  if (!(window instanceof ChangeWindow)) return numberOr(window.value('increase_over', at, minCoverOf(rule)))
  return numberOr(window.perMinute(at, minCoverOf(rule)))
}

function curveSignal(rule: TagRuleMemory): number | undefined {
  const { curve } = rule.rule
  const x = goodNumber(rule.x)
  const y = goodNumber(rule.tag)
  if (curve === null || x === undefined || y === undefined) return undefined
  return curveDistance(curve.points, x, y, curve.tolerance, curve.percent)
}

function goodNumber(tag: TagMemory | undefined): number | undefined {
  return tag?.value === undefined || tag.severity === QualitySeverity.Bad ? undefined : Number(tag.value)
}

function numberOr(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value
}

/** Any number but 0 is on. */
function stateOf(value: Evidence): number {
  return Number(value) === 0 ? 0 : 1
}

/** Bit `bit` of an integer in two's complement, of any width. */
function bitOf(value: Evidence, bit: number): number | undefined {
  if (typeof value === 'bigint') return Number((value >> BigInt(bit)) & 1n)
  if (!Number.isInteger(value)) return undefined
  // not `&`, which sees 32 bits only
  const shifted = Math.floor(value / 2 ** bit)
  return ((shifted % 2) + 2) % 2
}
