// Samples of `evaluate` a second of processor time, and a back-test of 30 days of seconds:
// node bench/alarm-rules.ts [--tags 10000] [--rules 4] [--seconds 5]
// Three loads: quiet (values wander inside), walk (a random walk that crosses now and then), cross (every sample crosses a limit).
import { BackTest } from '#alarm/core/back-test.ts'
import { configure, type AlarmPlan } from '#alarm/core/configure.ts'
import { evaluate } from '#alarm/core/evaluate.ts'
import { createMemory } from '#alarm/core/memory.ts'
import { PLAIN_RULE, type TagRule } from '#domain/alarm.ts'
import { GOOD, type Sample } from '#domain/sample.ts'
import { columnsOf } from '#store/core/sample-columns.ts'
import { samplesOf } from '#store/measurements.ts'
import { machine, option } from './machine.ts'

const tags = option('tags', 10_000)
const rulesPerTag = option('rules', 4)
const seconds = option('seconds', 5)
const START = 1_800_000_000_000_000
const SECOND = 1_000_000

const LIMITS = [
  { operator: '>', setpoint: 80 },
  { operator: '>', setpoint: 90 },
  { operator: '<', setpoint: 20 },
  { operator: '<', setpoint: 10 },
] as const

/** Processor time of this process: what others do on the machine does not count. */
function cpuMillis(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function ruleOf(id: number, tagId: number, change: Partial<TagRule>): TagRule {
  const names = { name: 'r', label: 'Custom', severity: 'warning', enabled: true, autoClose: false, cooldownMinutes: 0 } as const
  const figures = { operator: '>', setpoint: 80, deadband: 2, onDelaySeconds: 0, offDelaySeconds: 0 } as const
  return { ...PLAIN_RULE, ...names, ...figures, id, version: 1, deviceId: 1, tagId, curve: null, suppressTagId: null, ...change }
}

const loads: Readonly<Record<string, (before: number, t: number) => number>> = {
  quiet: () => 40 + Math.random() * 20,
  walk: (before) => Math.min(100, Math.max(0, before + (Math.random() - 0.5) * 4)),
  cross: (_, t) => (t % 2 === 0 ? 95 : 5),
}

function measureVerdicts(load: string, next: (before: number, t: number) => number): void {
  const rules = Array.from({ length: tags * rulesPerTag }, (_, index) => ({
    ...ruleOf(index + 1, (index % tags) + 1, LIMITS[Math.floor(index / tags) % LIMITS.length] ?? {}),
    onDelaySeconds: index % 2 === 0 ? 0 : 2,
  }))
  const plan: AlarmPlan = {
    rules,
    tags: Array.from({ length: tags }, (_, index) => ({ id: index + 1, deviceId: 1 + Math.floor(index / 200) })),
    derived: [],
    devices: [],
    gone: new Map(),
  }
  const memory = createMemory()
  configure(memory, plan, () => undefined)
  const values = new Float64Array(tags).fill(50)
  let samples = 0
  let transitions = 0
  let elapsed = 0
  for (let t = 0; elapsed < seconds * 1000; t++) {
    const readings = Array.from({ length: tags }, (_, index): Sample => {
      const value = next(values[index] ?? 50, t)
      values[index] = value
      return { tagId: index + 1, sourceTimestamp: START + t * SECOND, value, quality: GOOD, statusCode: null }
    })
    const before = cpuMillis()
    const outcome = evaluate(memory, { source: 's', seq: t + 1, receivedAt: START + t * SECOND, readings, devices: [] })
    memory.changed.clear()
    // the first scans warm up
    if (t < 20) continue
    elapsed += cpuMillis() - before
    samples += tags
    transitions += outcome.transitions.length
  }
  const rate = samples / (elapsed / 1000)
  console.log(
    `evaluate, ${load}: ${tags} tags x ${rulesPerTag} rules: ${(rate / 1e6).toFixed(2)} M samples/s, ${((rate * rulesPerTag) / 1e6).toFixed(1)} M verdicts/s, ${transitions} transitions`,
  )
}

/** 30 days of seconds, in pieces as the store hands them out; samples are made of them as they are for a back-test of a page. */
function measureBackTest(kind: string, rule: TagRule): void {
  const piece = 86_400
  let millis = 0
  let value = 50
  const run = new BackTest(rule, START)
  // made before the first look at the clock
  const days = Array.from({ length: 30 }, (_, day) =>
    columnsOf(
      Array.from({ length: piece }, (_, index) => {
        value = Math.min(100, Math.max(0, value + (Math.random() - 0.5) * 4))
        return { at: START + (day * piece + index) * SECOND, value, quality: GOOD, valueText: null, statusCode: null }
      }),
    ),
  )
  for (const columns of days) {
    const before = cpuMillis()
    for (const samples of samplesOf(1, columns)) run.add(samples)
    millis += cpuMillis() - before
  }
  const before = cpuMillis()
  const { count } = run.end(START + 30 * piece * SECOND)
  millis += cpuMillis() - before
  console.log(`back-test, ${kind}: ${30 * piece} samples in ${Math.round(millis)} ms, ${count} occurrences`)
}

console.log(machine())
for (const [load, next] of Object.entries(loads)) measureVerdicts(load, next)
measureBackTest('threshold with delays', ruleOf(1, 1, { onDelaySeconds: 10, offDelaySeconds: 10 }))
measureBackTest('rate of change over a minute', ruleOf(1, 1, { kind: 'rate_of_change', windowSeconds: 60 }))
measureBackTest('totalizer over an hour', ruleOf(1, 1, { kind: 'totalizer', windowSeconds: 3600, setpoint: 1e5 }))
