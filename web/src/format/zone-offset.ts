const QUARTER = 900

/** @returns by how many seconds the wall clock of a zone is ahead of UTC at a second since 1970; no zone changes within a quarter of an hour */
export function zoneOffset(timeZone: string): (seconds: number) => number {
  const clock = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const known = new Map<number, number>()
  return (seconds) => {
    const quarter = Math.floor(seconds / QUARTER) * QUARTER
    let offset = known.get(quarter)
    if (offset === undefined) {
      const parts = new Map(clock.formatToParts(quarter * 1000).map(({ type, value }) => [type, Number(value)]))
      const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0
      const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
      offset = wall / 1000 - quarter
      known.set(quarter, offset)
    }
    return offset
  }
}
