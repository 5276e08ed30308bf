import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DataType, DataValue, StatusCodes, Variant } from 'node-opcua-client'
import { GOOD, hasFlag, QualityFlag, type Sample } from '#domain/sample.ts'
import { Status } from './core/status.ts'
import { SampleMaker, type Occasion } from './sample-maker.ts'

const NOW = Date.UTC(2026, 5, 1) * 1000
const DAY = 86_400_000_000

interface Said {
  readonly value: number
  readonly source?: number
  readonly server?: number
  readonly status?: (typeof StatusCodes)['Good']
}

function dataOf({ value, source, server, status = StatusCodes.Good }: Said): DataValue {
  return new DataValue({
    value: new Variant({ dataType: DataType.Double, value }),
    statusCode: status,
    ...(source === undefined ? {} : { sourceTimestamp: new Date(source / 1000) }),
    ...(server === undefined ? {} : { serverTimestamp: new Date(server / 1000) }),
  })
}

function say(maker: SampleMaker, said: Said, occasion: Occasion, received = NOW): readonly Sample[] {
  const out: Sample[] = []
  maker.make({ tagId: 1, element: null }, dataOf(said), received, occasion, out)
  return out
}

const shape = (samples: readonly Sample[]): unknown =>
  samples.map(({ sourceTimestamp, value, quality }) => [sourceTimestamp, value, quality])

test('a change is told once, at the time of its source', () => {
  const maker = new SampleMaker(NOW)
  assert.deepEqual(shape(say(maker, { value: 5, source: NOW + 1000, server: NOW + 2000 }, 'change')), [[NOW + 1000, 5, GOOD]])
})

test('a value of three days ago is kept as history and holds as of now; asked again, it only holds', () => {
  const maker = new SampleMaker(NOW)
  const old = { value: 5, source: NOW - 3 * DAY, server: NOW + 1_000_000 }
  assert.deepEqual(shape(say(maker, old, 'confirmation')), [
    [NOW - 3 * DAY, 5, QualityFlag.Historical],
    [NOW + 1_000_000, 5, GOOD],
  ])
  assert.deepEqual(shape(say(maker, { ...old, server: NOW + 2_000_000 }, 'confirmation')), [[NOW + 2_000_000, 5, GOOD]])
})

test('a poll that finds a change tells it at the time of its source', () => {
  const maker = new SampleMaker(NOW)
  say(maker, { value: 1, source: NOW - DAY, server: NOW }, 'confirmation')
  assert.deepEqual(shape(say(maker, { value: 2, source: NOW + 500_000, server: NOW + 1_000_000 }, 'confirmation', NOW + 1_000_000)), [
    [NOW + 500_000, 2, GOOD],
  ])
})

test('a server that repeats the time of the source as its own does not make an old value older than its loss', () => {
  const maker = new SampleMaker(NOW)
  const samples = say(maker, { value: 1, source: NOW - DAY, server: NOW - DAY }, 'confirmation', NOW + 7)
  assert.deepEqual(shape(samples), [
    [NOW - DAY, 1, QualityFlag.Historical],
    [NOW + 7, 1, GOOD],
  ])
})

test('what a server has queued since before the loss was seen is history, what came after is not', () => {
  const maker = new SampleMaker(NOW)
  maker.setLateBefore(NOW + 5000)
  assert.equal(hasFlag(say(maker, { value: 1, source: NOW + 4000 }, 'change')[0]?.quality ?? 0, QualityFlag.Historical), true)
  assert.equal(hasFlag(say(maker, { value: 2, source: NOW + 6000 }, 'change')[0]?.quality ?? 0, QualityFlag.Historical), false)
  maker.setLateBefore(undefined)
  assert.equal(hasFlag(say(maker, { value: 3, source: NOW + 4000 }, 'change')[0]?.quality ?? 0, QualityFlag.Historical), false)
})

test('no value yet is no sample; a Bad one has no value and keeps its code', () => {
  const maker = new SampleMaker(NOW)
  assert.deepEqual(say(maker, { value: 1, status: StatusCodes.BadWaitingForInitialData }, 'change'), [])
  const [bad] = say(maker, { value: 1, source: NOW, status: StatusCodes.BadSensorFailure }, 'change')
  assert.deepEqual([bad?.value, (bad?.statusCode ?? 0) >>> 0], [null, Status.BadSensorFailure])
  const [uncertain] = say(maker, { value: 1, source: NOW, status: StatusCodes.UncertainLastUsableValue }, 'change')
  assert.equal(uncertain?.value, 1)
})

test('a server without clocks is stamped by us, and says so', () => {
  const [sample] = say(new SampleMaker(NOW), { value: 1 }, 'change', NOW + 3)
  assert.deepEqual([sample?.sourceTimestamp, sample?.quality], [NOW + 3, QualityFlag.TimeSubstituted])
})

test('a reminder only says that the value holds: the change itself comes by itself, once', () => {
  const maker = new SampleMaker(NOW - DAY)
  assert.deepEqual(shape(say(maker, { value: 5, source: NOW - 1000, server: NOW - 1000 }, 'reminder')), [[NOW, 5, GOOD]])
  assert.deepEqual(shape(say(maker, { value: 5, source: NOW - 1000, server: NOW - 1000 }, 'change', NOW + 10)), [[NOW - 1000, 5, GOOD]])
})
