import type { Millis } from '#base/time.ts'
import { Zone } from '#calc/zone.ts'
import type { DevicePlan, SessionContext } from '../driver.ts'
import type { CsvConfig, CsvPoint } from './config.ts'
import type { FoundColumn } from './core/column-finder.ts'
import type { Layout } from './core/layout.ts'
import type { WantedColumn } from './core/row-reader.ts'
import type { Head, SourceFile } from './source-file.ts'
import { surveyStretch } from './survey.ts'

/** What reading would make of the rows of a file. */
export interface LookedThrough {
  readonly rows: number
  readonly bad: number
  /** The first of them. */
  readonly problems: readonly { readonly line: number; readonly reason: string }[]
  /** How many bytes of it were looked at, of how many. */
  readonly bytes: number
  readonly of: number
}

/** Somebody waits in front of a form; a gigabyte on a network folder takes minutes. */
const PATIENCE: Millis = 3000
const PROBLEMS = 20

/**
 * Goes through the rows as reading for the tags of the form does, to the end or for as long as people wait.
 * @param columns what is read where the form has no tags yet
 * @throws Error of the file system
 */
export async function lookThrough(
  file: SourceFile,
  head: Head,
  layout: Layout,
  plan: DevicePlan<CsvConfig, CsvPoint>,
  columns: readonly FoundColumn[],
  context: SessionContext,
): Promise<LookedThrough> {
  const until = context.clock.mono() + PATIENCE
  const stretch = {
    layout,
    from: { offset: head.markBytes, line: 1, order: [] },
    until: file.filled,
    takeTail: true,
    enough: () => context.clock.mono() >= until,
  }
  const wanted: readonly WantedColumn[] =
    plan.points.length > 0
      ? plan.points.map(({ tag, point }) => ({ tagId: tag.id, address: point.column, kind: tag.kind }))
      : columns.map(({ name, kind }, tagId) => ({ tagId, address: name, kind }))
  const survey = await surveyStretch(file, head, stretch, wanted, { context, zone: new Zone(plan.config.zone) })
  const problems = survey.samples.slice(0, PROBLEMS).map(({ line, reason }) => ({ line, reason }))
  return { rows: survey.rows, bad: survey.bad, problems, bytes: survey.until, of: file.filled }
}

/** In a sentence: how much was looked at, and what of it cannot be read. */
export function lookedThroughText({ rows, bad, problems, bytes, of }: LookedThrough): string {
  const all = bytes >= of
  const extent = all ? 'all of it was looked at' : `its first ${inMegabytes(bytes)} of ${inMegabytes(of)} MB were looked at, no more`
  const count = rows === 1 ? '1 row' : `${rows} rows`
  const [first] = problems
  if (first === undefined) return `${extent}: ${count}, none malformed`
  return `${extent}: ${bad} of ${count} cannot be read, the first is line ${first.line}: ${first.reason}`
}

function inMegabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1)
}
