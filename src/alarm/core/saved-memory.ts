import type { Micros } from '#base/time.ts'
import type { DeviceStatusWord } from '#domain/device.ts'
import type { SavedWindow } from '#calc/window.ts'
import type { JudgedBy, SavedRule } from './configure.ts'
import type { Evidence } from './condition.ts'
import { lineOf } from './judged.ts'
import { deviceOf, sourceOf, tagOf, type EngineMemory, type LagSeen, type RuleMemory } from './memory.ts'
import { TimerWheel } from './timer-wheel.ts'
import { windowOf } from './window-key.ts'

/** What is kept of a source between runs; numbers beyond 2^53 as text. Flat arrays: there may be 100,000 tags. */
export interface SavedSource {
  readonly clock: Micros | null
  readonly upSince: Micros
  readonly tags: readonly SavedTag[]
  readonly devices: readonly (readonly [
    deviceId: number,
    newest: Micros | null,
    reported: Micros | null,
    older: readonly [count: number, sourceTimestamp: Micros, receivedAt: Micros] | null,
    status?: DeviceStatusWord | null,
    failures?: number | null,
    lag?: Micros,
    lagSeen?: LagSeen | null,
  ])[]
}

type SavedTag = readonly [
  tagId: number,
  newest: Micros | null,
  future: Micros | null,
  value: number | string | null,
  severity: number,
  windows?: readonly (readonly [key: string, seconds: number, modulus: number | null, window: SavedWindow])[],
  unheard?: true,
]

export function saveSource(memory: EngineMemory, name: string): SavedSource {
  const source = sourceOf(memory, name)
  const tags: SavedTag[] = []
  for (const tag of memory.tags.values()) {
    if (tag.source !== source) continue
    const { tagId, newest, future, severity } = tag
    const windows = Array.from(tag.windows, ([key, one]) => [key, one.span / 1_000_000, one.modulus, one.save()] as const)
    const value = savedValue(tag.value)
    if (!tag.heard) tags.push([tagId, newest, future, value, severity, windows, true])
    else if (windows.length > 0) tags.push([tagId, newest, future, value, severity, windows])
    else tags.push([tagId, newest, future, value, severity])
  }
  const devices: SavedSource['devices'][number][] = []
  for (const { deviceId, source: owner, newest, reported, older, status, failures, lag, lagSeen } of memory.devices.values()) {
    if (owner !== source) continue
    const run = older === null ? null : ([older.count, older.sourceTimestamp, older.receivedAt] as const)
    devices.push([deviceId, newest, reported, run, status, failures, lag, lagSeen === null ? null : { ...lagSeen }])
  }
  return { clock: source.clock, upSince: source.upSince, tags, devices }
}

/** Puts a source back into a memory that holds no rules yet. */
export function restoreSource(memory: EngineMemory, name: string, saved: SavedSource): void {
  const source = sourceOf(memory, name)
  source.clock = saved.clock
  source.upSince = saved.upSince
  source.delays = new TimerWheel(saved.clock ?? 0)
  source.losses = new TimerWheel(saved.clock ?? 0)
  source.looks = new TimerWheel(saved.clock ?? 0)
  for (const [tagId, newest, future, value, severity, windows = [], unheard = false] of saved.tags) {
    const tag = tagOf(memory, tagId)
    tag.source = source
    tag.newest = newest
    tag.future = future
    tag.value = typeof value === 'string' ? BigInt(value) : (value ?? undefined)
    tag.severity = severity
    tag.heard = !unheard
    for (const [key, seconds, modulus, kept] of windows) {
      const window = windowOf(key, seconds, modulus)
      window.restore(kept)
      tag.windows.set(key, window)
    }
  }
  for (const [deviceId, newest, reported, older, status = null, failures = null, lag = 0, lagSeen = null] of saved.devices) {
    const device = deviceOf(memory, deviceId)
    device.source = source
    device.newest = newest
    device.status = status
    device.failures = failures
    device.lag = lag
    device.lagSeen = lagSeen
    device.reported = reported
    device.older = older === null ? null : { count: older[0], sourceTimestamp: older[1], receivedAt: older[2] }
  }
}

export function saveRule(memory: RuleMemory): SavedRule {
  return {
    state: { ...memory.state },
    enabledAt: memory.kind === 'communication_loss' ? memory.enabledAt : null,
    judgedBy: judgedBy(memory),
  }
}

function judgedBy(memory: RuleMemory): JudgedBy {
  if (memory.kind === 'poll_streak') return { count: memory.rule.count }
  if (memory.kind !== 'tag') return {}
  const { deadband, onDelaySeconds, offDelaySeconds, latch } = memory.rule
  return { line: lineOf(memory.rule), deadband, onDelaySeconds, offDelaySeconds, latch }
}

function savedValue(value: Evidence | undefined): number | string | null {
  return typeof value === 'bigint' ? String(value) : (value ?? null)
}
