import { ConfigError } from '#base/errors.ts'
import { Operator, RuleLabel, SEVERITIES, TAG_RULE_KINDS, type TagRule, type TagRuleKind } from '#domain/alarm.ts'
import type { TagKind } from '#domain/device.ts'

/** What a rule names: other tags as `Device:Tag`, a curve by its name; empty for none. */
interface RuleNames {
  readonly curve: string
  /** The other axis of the curve. */
  readonly xTag: string
  readonly suppressTag: string
}

/** A rule in its place on the tag: up to four, slots 1 to 4. */
export interface StoredRule extends Omit<TagRule, 'curve' | 'suppressTagId'>, RuleNames {
  readonly slot: number
}

/** What a form or a plant file says of a rule; the store adds id, version, device and slot. */
export type RuleInput = Omit<StoredRule, 'id' | 'version' | 'deviceId' | 'slot'>

/** @throws ConfigError naming the field whose value no alarm could be judged by */
export function validateRule(input: RuleInput): void {
  const check = (ok: boolean, field: keyof RuleInput, message: string): void => {
    if (!ok) throw new ConfigError(field, message)
  }
  const { kind } = input
  check(TAG_RULE_KINDS.includes(kind), 'kind', `The kind is one of ${TAG_RULE_KINDS.join(', ')}.`)
  check(input.name.trim() !== '' && input.name.length <= 200, 'name', 'The name has 1 to 200 characters.')
  check(SEVERITIES.includes(input.severity), 'severity', `The severity is one of ${SEVERITIES.join(', ')}.`)
  check(Object.values(Operator).includes(input.operator), 'operator', `The operator is one of ${Object.values(Operator).join(' ')}.`)
  check(Object.values(RuleLabel).includes(input.label), 'label', `The label is one of ${Object.values(RuleLabel).join(', ')}.`)
  check(Number.isFinite(input.setpoint), 'setpoint', 'The threshold must be a number.')
  check(Number.isFinite(input.deadband) && input.deadband >= 0, 'deadband', 'The hysteresis must be a number, 0 or more.')
  for (const field of ['onDelaySeconds', 'offDelaySeconds'] as const) {
    check(Number.isFinite(input[field]) && input[field] >= 0 && input[field] <= 86_400, field, 'A delay is 0 to 86,400 seconds.')
  }
  check(
    Number.isInteger(input.cooldownMinutes) && input.cooldownMinutes >= 0 && input.cooldownMinutes <= 10_080,
    'cooldownMinutes',
    'The cooldown is 0 to 10,080 whole minutes.',
  )
  const again = input.reAlarmMinutes ?? 1
  check(Number.isInteger(again) && again >= 1 && again <= 43_200, 'reAlarmMinutes', 'A re-alarm comes after 1 to 43,200 whole minutes.')
  check(input.category.length <= 200, 'category', 'A category has at most 200 characters.')
  validateKind(input, check)
}

type Check = (ok: boolean, field: keyof RuleInput, message: string) => void

/** What only some kinds need, and all others must not carry. */
function validateKind(input: RuleInput, check: Check): void {
  const { kind, setpoint, windowSeconds, modulus, target, bit } = input
  const windowed = kind === 'totalizer' || kind === 'rate_of_change'
  const needs = (field: 'windowSeconds' | 'target' | 'curve' | 'xTag', of: boolean, message: string): void => {
    const given = input[field] !== null && input[field] !== ''
    check(!of || given, field, message)
    check(of || !given, field, `A rule of kind ${kind} has none.`)
  }
  needs('windowSeconds', windowed, 'Say over how many seconds it is counted.')
  needs('target', kind === 'deviation' || kind === 'out_of_band', 'The target is missing.')
  needs('curve', kind === 'curve', 'The curve is missing.')
  needs('xTag', kind === 'curve', 'Name the tag of the other axis as Device:Tag.')
  check(windowSeconds === null || (windowSeconds >= 1 && windowSeconds <= 2_678_400), 'windowSeconds', 'A window is 1 second to 31 days.')
  check(modulus === null || (kind === 'totalizer' && modulus > 0), 'modulus', 'Only a totalizer has a rollover, above 0.')
  check(target === null || Number.isFinite(target), 'target', 'The target must be a number.')
  check(kind !== 'deviation' || target !== 0, 'target', 'There is no deviation in % of 0; use out of band.')
  check(
    bit === null || (kind === 'digital' && Number.isInteger(bit) && bit >= 0 && bit <= 63),
    'bit',
    'Only a digital rule has a bit, 0 to 63.',
  )
  check(!input.transitionOnly || kind === 'digital', 'transitionOnly', 'Only a digital rule knows transitions.')
  check(kind !== 'digital' || setpoint === 0 || setpoint === 1, 'setpoint', 'The state that alarms is 0 or 1.')
  check(kind !== 'stale' || (setpoint >= 1 && setpoint <= 2_678_400), 'setpoint', 'Stale is after 1 second to 31 days.')
  const distance = kind === 'deviation' || kind === 'out_of_band'
  check(!distance || setpoint >= 0, 'setpoint', 'The tolerance is 0 or more.')
  check(kind !== 'totalizer' || setpoint >= 0, 'setpoint', 'An increase is 0 or more.')
}

/** Kinds that compare a value of the tag itself with the setpoint. */
const COMPARING: ReadonlySet<TagRuleKind> = new Set(['threshold'])

const HIGH = new Set<string>(['>', '>='])
const LOW = new Set<string>(['<', '<='])
const LABEL_ORDER: readonly string[] = ['LoLo', 'Lo', 'Hi', 'HiHi']

/** Says what is legal but seldom meant. `all` are all rules of the tag, this one included or not. */
export function ruleWarnings(rule: StoredRule, all: readonly StoredRule[], kind: TagKind): string[] {
  const warnings: string[] = []
  if (kind === 'text' && rule.kind !== 'stale' && rule.kind !== 'bad_quality')
    warnings.push('The tag holds text: no number ever judges it.')
  if (!COMPARING.has(rule.kind)) return warnings
  const siblings = all.filter((other) => COMPARING.has(other.kind))
  const others = siblings.filter((other) => other.id !== rule.id && other.tagId === rule.tagId && other.enabled)
  if (kind === 'analog' && (rule.operator === '=' || rule.operator === '!=') && rule.deadband === 0) {
    warnings.push('A measured value seldom equals a number exactly; give a hysteresis or use another operator.')
  }
  const towardsNormal = HIGH.has(rule.operator) ? -1 : LOW.has(rule.operator) ? 1 : 0
  const passed = others.find((other) => {
    const distance = (other.setpoint - rule.setpoint) * towardsNormal
    return distance > 0 && rule.deadband >= distance
  })
  if (passed !== undefined) {
    warnings.push(
      `The hysteresis of ${rule.deadband} reaches the threshold of "${passed.name}" (${passed.setpoint}): this alarm would still stand when that one raises.`,
    )
  }
  const place = LABEL_ORDER.indexOf(rule.label)
  for (const other of others) {
    const otherPlace = LABEL_ORDER.indexOf(other.label)
    if (place === -1 || otherPlace === -1 || place === otherPlace) continue
    if (place < otherPlace === rule.setpoint < other.setpoint || rule.setpoint === other.setpoint) continue
    warnings.push(`${rule.label} at ${rule.setpoint} and ${other.label} at ${other.setpoint} are the wrong way round.`)
  }
  return warnings
}
