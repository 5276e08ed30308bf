import { InvalidRequest } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import { bucketEdges, type BucketStep, type BucketUnit } from '#calc/buckets.ts'
import { chooseStep } from '#calc/choose-step.ts'
import { type Metric, isAmongValues, metricOf } from '#calc/metric.ts'
import { Zone } from '#calc/zone.ts'
import type { Interpolation } from '#domain/interpolation.ts'
import { type NumberSeries, countSamples, readManyBuckets, readNumbers } from '#store/trend.ts'
import { readSettings } from '#store/settings.ts'
import { Download } from '../download.ts'
import type { Handlers, UserCall } from '../handlers.ts'
import { exportFigures } from '../figures-export.ts'
import { heldAt } from '../held-at.ts'
import { exportHistory } from '../history-export.ts'
import { interpolationsOf } from '../interpolations.ts'

/** Samples of one tag in one answer. */
const MOST_SAMPLES = 100_000

export const trendRoutes: Handlers<'GET /api/trend' | 'GET /api/history.csv' | 'GET /api/figures.csv'> = {
  'GET /api/trend': async ({ query }, call) => {
    const { from, to, bucket, metric, points } = query
    if (!(to > from)) throw new InvalidRequest('The period ends before it begins.', { field: 'to' })
    const tagIds = [...new Set(query.tags.split(',').map(Number))]
    const interpolations = await interpolationsOf(call.db, call.scope, tagIds)
    const step = await stepOf(bucket, tagIds, from, to, points, call)
    if (step === null) {
      // a value that did not change may have been told long before
      const held = await heldAt(tagIds, from, call)
      const series = await inTurn(tagIds, async (tagId) => ({
        tagId,
        interpolation: interpolations.get(tagId) ?? 'stepped',
        held: held.get(tagId) ?? null,
        ...(await readNumbers(call.db, call.scope, tagId, from, to, MOST_SAMPLES)),
      }))
      return { bucket: null, series: series.map((one) => ({ ...one, minimum: [], maximum: [] })) }
    }
    const timeZone = query.timeZone ?? (await readSettings(call.db)).site.timeZone
    const edges = bucketEdges(from, to, step, new Zone(timeZone).name)
    return { bucket: step, series: await bucketed(tagIds, edges, metric, interpolations, call) }
  },

  'GET /api/history.csv': async ({ query }, { db, scope }) => {
    const { tags, delimiter, decimal, timeZone, ...rest } = query
    const { site } = await readSettings(db)
    const pieces = await exportHistory(db, scope, {
      ...rest,
      tagIds: [...new Set(tags.split(',').map(Number))],
      delimiter: DELIMITERS[delimiter],
      decimal: DECIMALS[decimal],
      timeZone: timeZone ?? site.timeZone,
    })
    return csvFile('history', query, pieces)
  },

  'GET /api/figures.csv': async ({ query }, { db, scope, clock }) => {
    const { tags, delimiter, decimal, timeZone, bucket, ...rest } = query
    const { site } = await readSettings(db)
    const request = {
      ...rest,
      tagIds: tags === undefined ? undefined : [...new Set(tags.split(',').map(Number))],
      step: { count: 1, unit: bucket },
      delimiter: DELIMITERS[delimiter],
      decimal: DECIMALS[decimal],
      timeZone: timeZone ?? site.timeZone,
    }
    return csvFile('figures', query, await exportFigures(db, scope, request, clock.now()))
  },
}

function csvFile(what: string, { from, to }: { from: Micros; to: Micros }, pieces: AsyncGenerator<string>): Download {
  const day = (at: Micros): string => new Date(at / 1000).toISOString().slice(0, 10)
  return new Download(`${what} ${day(from)} ${day(to)}.csv`, 'text/csv; charset=utf-8', pieces)
}

const DELIMITERS = { comma: ',', semicolon: ';', tab: '\t' } as const
const DECIMALS = { point: '.', comma: ',' } as const

type Series = NumberSeries & {
  tagId: number
  interpolation: Interpolation
  held: null
  minimum: (number | null)[]
  maximum: (number | null)[]
}

type Interpolations = ReadonlyMap<number, Interpolation>

async function bucketed(
  tagIds: readonly number[],
  edges: Float64Array,
  metric: Metric,
  interpolations: Interpolations,
  { db, scope, clock }: UserCall,
): Promise<Series[]> {
  const wanted = metric === 'interpolated' ? interpolations : undefined
  const filled = await readManyBuckets(db, scope, tagIds, edges, clock.now(), wanted)
  return tagIds.map((tagId) => {
    const buckets = filled.get(tagId) ?? []
    return {
      tagId,
      interpolation: interpolations.get(tagId) ?? 'stepped',
      held: null,
      times: buckets.map((one) => one.from),
      values: buckets.map((one) => metricOf(one, metric)),
      qualities: [],
      minimum: isAmongValues(metric) ? buckets.map((one) => metricOf(one, 'minimum')) : [],
      maximum: isAmongValues(metric) ? buckets.map((one) => metricOf(one, 'maximum')) : [],
      truncated: false,
    }
  })
}

/** @returns null for samples as they are: when they were asked for, or when they fit */
async function stepOf(
  bucket: string,
  tagIds: readonly number[],
  from: Micros,
  to: Micros,
  points: number,
  { db, scope }: UserCall,
): Promise<BucketStep | null> {
  if (bucket === 'raw') return null
  if (bucket !== 'auto') {
    const [count, unit] = bucket.split(' ')
    // the contract let only such words through
    return { count: Number(count), unit: unit as BucketUnit }
  }
  const counts = await inTurn(tagIds, async (tagId) => await countSamples(db, scope, tagId, from, to))
  return counts.every((count) => count <= 2 * points) ? null : chooseStep(from, to, points)
}

/** One after the other: a page with sixteen tags must not take all connections. */
async function inTurn<T>(tagIds: readonly number[], work: (tagId: number) => Promise<T>): Promise<T[]> {
  const done: T[] = []
  for (const tagId of tagIds) done.push(await work(tagId))
  return done
}
