import type { Micros } from '#base/time.ts'
import type { SessionContext } from '../driver.ts'
import type { Iec104Config } from './config.ts'
import { ClockWatch } from './core/clock-watch.ts'
import { DeviceTime } from './core/device-time.ts'
import type { StationMemory } from './core/intake.ts'
import { ReplayMemory } from './core/replay-memory.ts'
import { StationView } from './core/station-view.ts'

const PAGE_KEY = 'replay/'
const CLOCK_KEY = 'clock_behind'
const NEWEST_KEY = 'newest_event'
/** Smaller changes of the clocks' difference are not worth a row. */
const CLOCK_STEP: Micros = 1_000_000

/** What is known of one station from connection to connection. */
export interface Station extends StationMemory {
  time: DeviceTime
  clock: ClockWatch
  replay: ReplayMemory
  readonly view: StationView
  clockRemembered: Micros
}

export function newStation(config: Iec104Config): Station {
  return {
    time: new DeviceTime(config.zone, config.summerTimeBit),
    clock: new ClockWatch(),
    replay: new ReplayMemory(),
    view: new StationView(),
    clockRemembered: 0,
  }
}

/** Begins a connection with what was remembered of those before, in this process or another. */
export function recallStation(station: Station, config: Iec104Config, context: SessionContext): void {
  const newest = context.recall(NEWEST_KEY)
  const behind = context.recall(CLOCK_KEY)
  station.time = new DeviceTime(config.zone, config.summerTimeBit, typeof newest === 'number' ? newest : undefined)
  station.clock = new ClockWatch(typeof behind === 'number' ? behind : undefined)
  station.clockRemembered = station.clock.behind
  station.replay = new ReplayMemory(
    context.recalled(PAGE_KEY).map((key) => [Number(key.slice(PAGE_KEY.length)), context.recall(key)] as const),
  )
}

/** How much is kept so that a repetition is known as one; its clock stands among the facts of the connection. */
export function describeMemory(memory: Pick<SessionContext, 'recall' | 'recalled'>): Readonly<Record<string, string | number>> {
  const newest = memory.recall(NEWEST_KEY)
  const pages = memory.recalled(PAGE_KEY).map((key) => [Number(key.slice(PAGE_KEY.length)), memory.recall(key)] as const)
  return {
    ...(pages.length === 0 ? {} : { 'Events known, should it repeat them': new ReplayMemory(pages).size }),
    ...(typeof newest === 'number' ? { 'Newest event': Temporal.Instant.fromEpochMilliseconds(Math.floor(newest / 1000)).toString() } : {}),
  }
}

/** To be called right after the samples were emitted: memory and samples become durable together. */
export function rememberStation(station: Station, context: SessionContext): void {
  const pages = station.replay.takeWritten()
  for (const { number, page } of pages) context.remember(`${PAGE_KEY}${number}`, page)
  if (pages.length > 0 && Number.isFinite(station.time.newest)) context.remember(NEWEST_KEY, station.time.newest)
  const { behind } = station.clock
  if (Math.abs(behind - station.clockRemembered) < CLOCK_STEP) return
  station.clockRemembered = behind
  context.remember(CLOCK_KEY, behind === 0 ? undefined : behind)
}
