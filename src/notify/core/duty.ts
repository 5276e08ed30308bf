import type { Micros } from '#base/time.ts'
import type { DutySchedule, ShiftLayer } from '#domain/escalation.ts'

/** A stretch of time with the same people on duty; nobody is a gap. */
export interface DutyStretch {
  readonly from: Micros
  readonly to: Micros
  readonly contactIds: readonly number[]
  /** Whether an override says so. */
  readonly override: boolean
}

const DAY_MINUTES = 1440

/** Who is on duty at an instant, by the wall clock of the site. */
export function onDutyAt(schedule: DutySchedule, at: Micros, timeZone: string): { contactIds: readonly number[]; override: boolean } {
  return dutyAtLocal(schedule, localOf(at, timeZone))
}

/**
 * Stretches of duty between two instants, in order and without a gap between them: a stretch with nobody is the gap. Right over a change
 * of the clocks: a night shift has then an hour more or less.
 */
export function dutyBetween(schedule: DutySchedule, from: Micros, to: Micros, timeZone: string): readonly DutyStretch[] {
  const edges = new Set<Micros>([from])
  for (let day = localOf(from, timeZone).toPlainDate().subtract({ days: 1 }); ; day = day.add({ days: 1 })) {
    const times = ['00:00', ...schedule.layers.flatMap((layer) => [layer.from, layer.to, layer.handover])]
    for (const time of times) for (const edge of instantsOf(day.toPlainDateTime(Temporal.PlainTime.from(time)), timeZone)) edges.add(edge)
    if (instantOf(day.toPlainDateTime(), timeZone) > to) break
  }
  for (const local of schedule.overrides.flatMap((one) => [one.from, one.to])) {
    for (const edge of instantsOf(Temporal.PlainDateTime.from(local), timeZone)) edges.add(edge)
  }
  // the wall clock jumps where clocks are changed
  for (let turn = nextTurn(from, timeZone); turn !== undefined && turn < to; turn = nextTurn(turn, timeZone)) edges.add(turn)
  const inside = [...edges].filter((edge) => edge >= from && edge < to).sort((a, b) => a - b)
  const stretches: DutyStretch[] = []
  for (const [index, edge] of inside.entries()) {
    const { contactIds, override } = onDutyAt(schedule, edge, timeZone)
    const last = stretches.at(-1)
    const end = inside[index + 1] ?? to
    if (last !== undefined && last.override === override && last.contactIds.join() === contactIds.join()) {
      stretches[stretches.length - 1] = { ...last, to: end }
    } else stretches.push({ from: edge, to: end, contactIds, override })
  }
  return stretches
}

function dutyAtLocal(schedule: DutySchedule, local: Temporal.PlainDateTime): { contactIds: readonly number[]; override: boolean } {
  const replaced = schedule.overrides.filter(
    (one) => Temporal.PlainDateTime.compare(one.from, local) <= 0 && Temporal.PlainDateTime.compare(local, one.to) < 0,
  )
  if (replaced.length > 0) return { contactIds: [...new Set(replaced.flatMap((one) => one.contactIds))], override: true }
  const holidays = new Set(schedule.holidays)
  const found = schedule.layers.flatMap((layer) => layerAt(layer, holidays, local) ?? [])
  return { contactIds: [...new Set(found)], override: false }
}

function layerAt(layer: ShiftLayer, holidays: ReadonlySet<string>, local: Temporal.PlainDateTime): number | undefined {
  const first = Temporal.PlainDate.from(layer.start).toPlainDateTime(Temporal.PlainTime.from(layer.handover))
  if (layer.contactIds.length === 0 || Temporal.PlainDateTime.compare(local, first) < 0) return undefined
  const minute = local.hour * 60 + local.minute
  const [from, to] = [minutesOf(layer.from), minutesOf(layer.to)]
  const length = (to - from + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES
  // a duty that began yesterday may still last
  const since = (minute - from + DAY_MINUTES) % DAY_MINUTES
  if (since >= length) return undefined
  const began = minute >= from ? local.toPlainDate() : local.toPlainDate().subtract({ days: 1 })
  const isHoliday = holidays.has(began.toString())
  if (layer.holidays === 'only' ? !isHoliday : layer.holidays === 'not' && isHoliday) return undefined
  if (layer.holidays !== 'only' && layer.days.length > 0 && !layer.days.includes(began.dayOfWeek)) return undefined
  // whoever begins a duty ends it: the turn is counted where the duty began, or where an unbroken one was handed over
  const counted = length === DAY_MINUTES ? local : began.toPlainDateTime(Temporal.PlainTime.from(layer.from))
  const turns = Math.floor(wholeDays(first, counted) / Math.max(1, layer.everyDays))
  return layer.contactIds[((turns % layer.contactIds.length) + layer.contactIds.length) % layer.contactIds.length]
}

/** Whole days of the wall clock from one time to another. */
function wholeDays(from: Temporal.PlainDateTime, to: Temporal.PlainDateTime): number {
  return Math.floor(from.until(to, { largestUnit: 'minutes' }).minutes / DAY_MINUTES)
}

/** @param time `22:00` */
export function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}

function localOf(at: Micros, timeZone: string): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(at / 1000))
    .toZonedDateTimeISO(timeZone)
    .toPlainDateTime()
}

function instantOf(local: Temporal.PlainDateTime, timeZone: string): Micros {
  return local.toZonedDateTime(timeZone).epochMilliseconds * 1000
}

/** Both instants of a time that occurs twice. */
function instantsOf(local: Temporal.PlainDateTime, timeZone: string): Micros[] {
  return (['earlier', 'later'] as const).map(
    (disambiguation) => local.toZonedDateTime(timeZone, { disambiguation }).epochMilliseconds * 1000,
  )
}

function nextTurn(after: Micros, timeZone: string): Micros | undefined {
  const next = Temporal.Instant.fromEpochMilliseconds(Math.floor(after / 1000))
    .toZonedDateTimeISO(timeZone)
    .getTimeZoneTransition('next')
  return next === null ? undefined : next.epochMilliseconds * 1000
}

/** When quiet hours that hold at an instant end; undefined when they do not hold. */
export function quietUntil(quiet: { from: string; to: string }, at: Micros, timeZone: string): Micros | undefined {
  const local = localOf(at, timeZone)
  const minute = local.hour * 60 + local.minute
  const [from, to] = [minutesOf(quiet.from), minutesOf(quiet.to)]
  const inside = from === to ? true : from < to ? minute >= from && minute < to : minute >= from || minute < to
  if (!inside) return undefined
  const day = minute < to ? local.toPlainDate() : local.toPlainDate().add({ days: 1 })
  return instantOf(day.toPlainDateTime(Temporal.PlainTime.from(quiet.to)), timeZone)
}
