import type { Tag } from '../../../api/replies.ts'
import type { Rule } from './rules-query.ts'

/** A rule in its form. */
export type Draft = Omit<Rule, 'id' | 'version' | 'deviceId' | 'slot'>
type Kind = Rule['kind']

const KINDS: readonly Kind[] = [
  'threshold',
  'digital',
  'deviation',
  'out_of_band',
  'curve',
  'rate_of_change',
  'totalizer',
  'stale',
  'bad_quality',
]

/** The kinds that make sense for a tag, the likeliest first. */
export function kindsOf(tag: Tag): readonly Kind[] {
  if (tag.kind === 'text') return ['stale', 'bad_quality']
  if (tag.kind === 'digital') return ['digital', 'threshold', 'stale', 'bad_quality']
  return tag.kind === 'counter' ? ['totalizer', ...KINDS.filter((kind) => kind !== 'totalizer')] : KINDS
}

/** Which figures a kind asks for, apart from those of all. */
export interface Asks {
  readonly operator: boolean
  readonly setpoint: 'limit' | 'state' | 'percent' | 'tolerance' | 'amount' | 'perMinute' | 'seconds' | null
  readonly deadband: boolean
  readonly delays: boolean
  readonly target: boolean
  readonly window: boolean
}

export function asksOf(kind: Kind): Asks {
  const none: Asks = { operator: false, setpoint: null, deadband: false, delays: true, target: false, window: false }
  switch (kind) {
    case 'threshold':
      return { ...none, operator: true, setpoint: 'limit', deadband: true }
    case 'digital':
      return { ...none, setpoint: 'state' }
    case 'deviation':
      return { ...none, setpoint: 'percent', deadband: true, target: true }
    case 'out_of_band':
      return { ...none, setpoint: 'tolerance', deadband: true, target: true }
    case 'curve':
      return { ...none, deadband: true }
    case 'totalizer':
      return { ...none, operator: true, setpoint: 'amount', deadband: true, window: true }
    case 'rate_of_change':
      return { ...none, operator: true, setpoint: 'perMinute', deadband: true, window: true }
    case 'stale':
      return { ...none, setpoint: 'seconds', delays: false }
    case 'bad_quality':
      return none
  }
}

const HOUR = 3600

/** Another kind keeps what both know, and starts with sensible figures of its own. */
export function ofKind(draft: Draft, kind: Kind): Draft {
  const asks = asksOf(kind)
  return {
    ...draft,
    kind,
    setpoint: kind === 'digital' ? 1 : kind === 'stale' ? 600 : kind === 'deviation' ? 10 : draft.setpoint,
    deadband: asks.deadband ? draft.deadband : 0,
    onDelaySeconds: kind === 'bad_quality' ? 30 : kind === 'curve' ? 5 : asks.delays ? draft.onDelaySeconds : 0,
    offDelaySeconds: asks.delays ? draft.offDelaySeconds : 0,
    target: asks.target ? (draft.target ?? 0) : null,
    windowSeconds: asks.window ? (draft.windowSeconds ?? HOUR) : null,
    modulus: kind === 'totalizer' ? draft.modulus : null,
    bit: kind === 'digital' ? draft.bit : null,
    transitionOnly: kind === 'digital' && draft.transitionOnly,
    curve: kind === 'curve' ? draft.curve : '',
    xTag: kind === 'curve' ? draft.xTag : '',
  }
}

/** @param start what it begins with instead of the usual */
export function freshRule(tag: Tag, taken: readonly Rule['label'][], start: Partial<Draft> = {}): Draft {
  const usual = usualRule(tag, taken)
  return { ...ofKind(usual, start.kind ?? usual.kind), ...start }
}

function usualRule(tag: Tag, taken: readonly Rule['label'][]): Draft {
  const label = (['Hi', 'Lo', 'HiHi', 'LoLo'] as const).find((one) => !taken.includes(one)) ?? 'Custom'
  const draft: Draft = {
    kind: 'threshold',
    tagId: tag.id,
    label,
    name: `${tag.name} ${label}`,
    severity: label === 'HiHi' || label === 'LoLo' ? 'critical' : 'warning',
    category: '',
    enabled: true,
    autoClose: false,
    cooldownMinutes: 30,
    operator: label === 'Lo' || label === 'LoLo' ? '<' : '>',
    setpoint: 0,
    deadband: 0,
    onDelaySeconds: 0,
    offDelaySeconds: 0,
    latch: false,
    bit: null,
    transitionOnly: false,
    windowSeconds: null,
    modulus: null,
    target: null,
    curve: '',
    xTag: '',
    suppressTag: '',
  }
  const [kind = 'threshold'] = kindsOf(tag)
  return kind === 'threshold' ? draft : { ...ofKind(draft, kind), label: 'Custom', name: tag.name }
}

/** What is sent: the fields of the form and nothing else that a reply may carry. */
export function bodyOf(draft: Draft): Draft {
  const { kind, tagId, label, name, severity, category, enabled, autoClose, cooldownMinutes, operator, setpoint, deadband } = draft
  const { onDelaySeconds, offDelaySeconds, latch, bit, transitionOnly, windowSeconds, modulus, target, curve, xTag, suppressTag } = draft
  const { reAlarmMinutes = null } = draft
  const plain = {
    reAlarmMinutes,
    kind,
    tagId,
    label,
    name,
    severity,
    category,
    enabled,
    autoClose,
    cooldownMinutes,
    operator,
    setpoint,
    deadband,
  }
  return { ...plain, onDelaySeconds, offDelaySeconds, latch, bit, transitionOnly, windowSeconds, modulus, target, curve, xTag, suppressTag }
}
