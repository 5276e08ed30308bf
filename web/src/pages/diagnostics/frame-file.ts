import type { Device } from '../../api/replies.ts'
import { formatInstant } from '../../format/instants.ts'
import type { Diagnostics, Frame } from './diagnostics-query.ts'

interface Content {
  readonly device: Device
  readonly diagnostics: Diagnostics | undefined
  readonly frames: readonly Frame[]
  readonly missed: number
  readonly locale: string
  readonly timeZone: string
}

/** `09:15:02.120`, in the zone of the screen. */
export function timeOf(at: number, locale: string, timeZone: string): string {
  const millis = Math.floor((at % 1_000_000) / 1000)
  return `${formatInstant(at, 'time', locale, timeZone)}.${String(millis).padStart(3, '0')}`
}

/** The log as a text that a colleague can read without us: the device, how it does, then frame by frame. Times in UTC. */
export function frameFile({ device, diagnostics, frames, missed }: Content): string {
  const head = [
    `SyncTide frame log`,
    `Device: ${device.code} ${device.name} (${device.protocol})`,
    `Frames: ${frames.length}${missed > 0 ? `, and ${missed} more that were gone already` : ''}`,
  ]
  if (diagnostics !== undefined) {
    const { state, lastError, polls, facts, counters } = diagnostics
    head.push(
      `Status: ${state.status}${state.problem === null ? '' : `: ${state.problem}`}`,
      ...(lastError === null ? [] : [`Last error: ${iso(lastError.at)} ${lastError.message} ${lastError.remedy ?? ''}`.trimEnd()]),
      `Polls: ${polls.ok} answered, ${polls.failed} failed, ${polls.reconnects} reconnects`,
      ...Object.entries(facts).map(([name, value]) => `${name}: ${value}`),
      ...Object.entries(counters).map(([name, value]) => `${name}: ${value}`),
    )
  }
  const lines = frames.flatMap(({ at, direction, text, hex, length }) => [
    `${iso(at)} ${direction === 'sent' ? '-->' : '<--'} ${length} B ${text}`,
    ...(hex.match(/.{1,64}/g) ?? []).map((part) => `    ${part.replaceAll(/../g, '$& ').trimEnd()}`),
  ])
  return [...head, '', ...lines, ''].join('\n')
}

function iso(at: number): string {
  return new Date(at / 1000).toISOString()
}
