import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Zone } from '#calc/zone.ts'
import { QualityFlag, QualityReason, hasFlag, reasonOf } from '#domain/sample.ts'
import { parseAddress } from './address.ts'
import { takeFrames } from './apci.ts'
import { STANDARD_SIZES, readHeader, type FieldSizes } from './asdu.ts'
import { ClockWatch } from './clock-watch.ts'
import { encodeCp56 } from './cp56time2a.ts'
import { describeFrame } from './describe-frame.ts'
import { DeviceTime } from './device-time.ts'
import { Intake, type StationMemory } from './intake.ts'
import { ReplayMemory } from './replay-memory.ts'
import { ReplayPhase } from './replay-phase.ts'
import { StationView } from './station-view.ts'
import { MONITOR_TYPES, monitorType } from './type-table.ts'

const START = Date.parse('2026-06-01T12:00:00Z') * 1000
const { TimeSubstituted, Historical, TimeInvalid } = QualityFlag
const second = 1_000_000

function newMemory(): StationMemory {
  return {
    time: new DeviceTime(new Zone('UTC'), 'honour'),
    clock: new ClockWatch(),
    replay: new ReplayMemory(),
    view: new StationView(),
  }
}

class Rig {
  readonly counts = new Map<string, number>()
  readonly phase = new ReplayPhase(START, 0)
  readonly memory: StationMemory
  readonly intake: Intake
  #frame = 0

  constructor(addresses: readonly string[], memory = newMemory(), sizes: FieldSizes = STANDARD_SIZES) {
    this.memory = memory
    const count = (name: string, by = 1): void => void this.counts.set(name, (this.counts.get(name) ?? 0) + by)
    const points = addresses.map((address, index) => ({ tagId: index + 1, address: parseAddress(address, 1) }))
    this.intake = new Intake(points, { sizes, memory, phase: this.phase, count })
  }

  /** @param seconds when it arrives, after the start; by default nothing has been asked. @returns tag, value, flags and time in seconds after the start */
  take(
    octets: readonly number[],
    seconds: number,
    askedAfter: number | null = null,
  ): readonly (readonly [number, unknown, number, number])[] {
    this.feed(octets, seconds, askedAfter)
    return this.drain()
  }

  feed(octets: readonly number[], seconds: number, askedAfter: number | null = null): void {
    const asdu = Uint8Array.from(octets)
    const header = readHeader(asdu, STANDARD_SIZES)
    const type = header && monitorType(header.typeId)
    assert.ok(header && type)
    const askedAt = askedAfter === null ? null : START + askedAfter * second
    assert.ok(
      this.intake.take(asdu, header, type, { receivedAt: START + seconds * second, now: seconds * 1000, askedAt, frame: ++this.#frame }),
    )
  }

  drain(): readonly (readonly [number, unknown, number, number])[] {
    return this.intake
      .drain()
      .map(({ tagId, value, quality, sourceTimestamp }) => [tagId, value, quality, (sourceTimestamp - START) / second])
  }

  endReplay(): void {
    assert.equal(this.phase.tick(10_000, false, false), 'ended')
  }
}

const time = (seconds: number, invalid = false): number[] => [
  ...encodeCp56({ local: START + seconds * second, invalid, substituted: false, summer: false, dayOfWeek: 0 }),
]
const timed = (value: number, seconds: number, cause = 3, invalid = false): number[] => [
  30,
  1,
  cause,
  0,
  1,
  0,
  100,
  0,
  0,
  value,
  ...time(seconds, invalid),
]
const untimed = (value: number, cause = 3): number[] => [1, 1, cause, 0, 1, 0, 100, 0, 0, value]

/** When an answer to an interrogation stands, in seconds: before every time that a station can give to what came after the question. */
const before = (seconds: number): number => (seconds * second - 1) / second

test('an interrogated value is from when it was asked for, so that no change meanwhile looks older', () => {
  const rig = new Rig(['100'])
  assert.deepEqual(rig.take(untimed(1, 20), 5, 2), [[1, true, TimeSubstituted, before(2)]])
  assert.deepEqual(rig.take(timed(0, 3), 6), [[1, false, 0, 3]])
})

test('a change in the very millisecond of the question is newer than the answer', () => {
  const rig = new Rig(['100'])
  assert.deepEqual(rig.take(untimed(1, 20), 2.01, 2.0004), [[1, true, TimeSubstituted, before(2)]])
  assert.deepEqual(rig.take(timed(0, 2), 2.02), [[1, false, 0, 2]])
  assert.equal(rig.memory.view.find(1, 100, null)?.value, false)
})

test('what is older than the current value is history, also after the replay', () => {
  const rig = new Rig(['100'])
  assert.deepEqual(rig.take(timed(1, -60), 1), [[1, true, Historical, -60]])
  assert.deepEqual(rig.take(timed(0, 5), 5.1), [[1, false, 0, 5]])
  assert.deepEqual(rig.take(timed(1, 4), 5.2), [[1, true, Historical, 4]])
  rig.endReplay()
  assert.deepEqual(rig.take(timed(1, 4.5), 20), [[1, true, Historical, 4.5]])
  assert.deepEqual(rig.take(timed(1, 19), 20), [[1, true, 0, 19]])
})

test('a clock that was ahead and is set right is believed at once', () => {
  const rig = new Rig(['100'])
  rig.endReplay()
  assert.deepEqual(rig.take(timed(1, 3600 + 5), 5), [[1, true, 0, 3605]])
  assert.deepEqual(rig.take(timed(0, 3600 + 4), 6), [[1, false, Historical, 3604]], 'only late')
  assert.deepEqual(rig.take(timed(0, 8), 8.2), [[1, false, 0, 8]])
  assert.deepEqual(rig.take(timed(1, 7), 8.4), [[1, true, Historical, 7]])
})

test('after the replay even a clock that is an hour slow is live, and values without time follow it', () => {
  const rig = new Rig(['100'])
  rig.endReplay()
  assert.deepEqual(rig.take(timed(1, 20 - 3600), 20), [[1, true, 0, 20 - 3600]])
  assert.equal(rig.memory.clock.behind, 3600 * second)
  assert.deepEqual(rig.take(untimed(0, 20), 100, 99), [[1, false, TimeSubstituted, before(99 - 3600)]])
})

test('the answer to an interrogation may carry its time: news once, else the value as it stands', () => {
  const rig = new Rig(['100'])
  assert.deepEqual(rig.take(timed(1, -60, 20), 2, 1), [
    [1, true, Historical, -60],
    [1, true, TimeSubstituted, before(1)],
  ])
  assert.deepEqual(rig.take(timed(1, -60, 20), 900, 899), [[1, true, TimeSubstituted, before(899)]])
  assert.deepEqual(rig.take(timed(1, -60), 901), [], 'the event itself: told already')
  assert.equal(rig.counts.get('duplicates_removed'), 1)
  assert.deepEqual(rig.take(timed(0, 1000, 20), 1001, 1000.5), [[1, false, 0, 1000]])
})

test('repetitions count only across connections, and each once', () => {
  const memory = newMemory()
  const first = new Rig(['100'], memory)
  assert.equal(first.take(timed(1, 1), 2).length, 1)
  assert.equal(first.take(timed(1, 1), 2).length, 1, 'a clock that stands still')
  memory.replay.begin()
  const second = new Rig(['100'], memory)
  assert.equal(second.take(timed(1, 1), 3).length, 0)
  assert.equal(second.take(timed(1, 1), 3).length, 0)
  assert.equal(second.take(timed(1, 1), 3).length, 1)
  assert.equal(second.counts.get('duplicates_removed'), 2)
})

test('an invalid clock keeps the value and says so', () => {
  const rig = new Rig(['100'])
  assert.deepEqual(rig.take(timed(1, -60, 3, true), 5), [[1, true, TimeInvalid | TimeSubstituted, 5]])
})

test('CP24: minutes that come again each hour are no repetition', () => {
  const memory = newMemory()
  const event = [2, 1, 3, 0, 1, 0, 100, 0, 0, 1, 0, 0, 5]
  assert.deepEqual(new Rig(['100'], memory).take(event, 301), [[1, true, TimeSubstituted, 300]])
  memory.replay.begin()
  assert.deepEqual(new Rig(['100'], memory).take(event, 310), [], 'repeated')
  memory.replay.begin()
  assert.deepEqual(new Rig(['100'], memory).take(event, 3901), [[1, true, TimeSubstituted, 3900]])
})

test('double reports: the one with the time is kept, in either order; a change of its own waits one second', () => {
  const rig = new Rig(['100'])
  assert.equal(rig.take(untimed(1), 1).length, 1, 'never seen with a time: not held back')
  assert.deepEqual(rig.take(timed(0, 2), 2), [[1, false, 0, 2]])
  assert.deepEqual(rig.take(untimed(0), 2.5), [], 'the twin of before')
  assert.deepEqual(rig.take(untimed(1), 4), [])
  assert.equal(rig.intake.holds, 5 - 1)
  assert.deepEqual(rig.take(timed(1, 3.9), 4.5), [[1, true, 0, 3.9]])
  assert.equal(rig.intake.holds, undefined)
  assert.equal(rig.counts.get('double_reports_joined'), 1)
  assert.deepEqual(rig.take(untimed(0), 10), [])
  assert.equal(rig.intake.nextDue, 11_000)
  rig.intake.release(10_999)
  assert.deepEqual(rig.drain(), [])
  rig.intake.release(11_000)
  assert.deepEqual(rig.drain(), [[1, false, TimeSubstituted, 10]])
  rig.feed(untimed(1), 20)
  assert.deepEqual(
    rig.take(timed(0, 20.2), 20.3).map(([, value]) => value),
    [true, false],
    'another value: both, in order',
  )
})

test('a tag without a type takes the first that comes; one with a type takes only that', () => {
  const rig = new Rig(['100', '1/SVA/100', '1/BO/100.1'])
  const scaled = [11, 1, 3, 0, 1, 0, 100, 0, 0, 7, 0, 0]
  const bits = [7, 1, 3, 0, 1, 0, 100, 0, 0, 2, 0, 0, 0, 0]
  assert.deepEqual(
    rig.take(untimed(1), 1).map(([tagId]) => tagId),
    [1],
  )
  assert.deepEqual(
    rig.take(scaled, 2).map(([tagId, value]) => [tagId, value]),
    [[2, 7]],
  )
  assert.deepEqual(
    rig.take(bits, 3).map(([tagId, value]) => [tagId, value]),
    [[3, true]],
  )
  assert.ok((rig.counts.get('objects_of_another_type') ?? 0) > 0)
})

test('a part that the type does not have is Bad, not a guess', () => {
  const rig = new Rig(['100.sequence'])
  const [sample] = rig.take(untimed(1), 1)
  assert.equal(sample?.[1], null)
  assert.equal(reasonOf(sample?.[2] ?? 0), QualityReason.TypeMismatch)
})

test('everything reported is in view, tag or not', () => {
  const rig = new Rig([])
  rig.take(timed(1, 5), 6)
  rig.take([13, 1, 20, 0, 2, 0, 9, 0, 0, 0, 0, 0xac, 0x41, 0], 7)
  assert.deepEqual(rig.memory.view.commonAddresses, [1, 2])
  assert.equal(rig.memory.view.find(2, 9, null)?.value, 21.5)
  assert.equal(rig.memory.view.find(2, 9, 'SP'), undefined)
  assert.equal(rig.memory.view.list(null).length, 2)
})

/** A stream of every type, sound in itself. */
const stream: fc.Arbitrary<number[]> = fc
  .array(
    fc.record({
      type: fc.constantFrom(...MONITOR_TYPES),
      count: fc.integer({ min: 0, max: 4 }),
      sequence: fc.boolean(),
      cause: fc.integer({ min: 1, max: 47 }),
      address: fc.constantFrom(2, 100, 101, 102),
      content: fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 80, maxLength: 80 }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((telegrams) =>
    telegrams.flatMap(({ type, count, sequence, cause, address, content }) => {
      const element = type.shape.octets + type.timeOctets
      const octets = sequence ? 3 + count * element : count * (3 + element)
      const asdu = [type.typeId, count | (sequence ? 0x80 : 0), cause, 0, 1, 0, ...[address, 0, 0, ...content].slice(0, octets)]
      return [0x68, asdu.length + 4, 0, 0, 0, 0, ...asdu]
    }),
  )

test('mutated frames: no crash, and no value, quality or time out of its range', () => {
  const rig = new Rig(['100', '1/BO/100.3', '101.state', '102', '1/2.elapsed'])
  let samples = 0
  const mutation = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }))
  fc.assert(
    fc.property(stream, fc.array(mutation, { maxLength: 5 }), (octets, mutations) => {
      const bytes = Uint8Array.from(octets)
      for (const [at, value] of mutations) bytes[at % bytes.length] = value
      for (const frame of takeFrames(bytes).frames) {
        assert.equal(typeof describeFrame('received', frame.bytes), 'string')
        if (frame.kind !== 'I') continue
        const header = readHeader(frame.asdu, STANDARD_SIZES)
        const type = header && monitorType(header.typeId)
        if (header === undefined || type === undefined) continue
        rig.intake.take(frame.asdu, header, type, { receivedAt: START, now: 0, askedAt: null, frame: 1 })
        rig.intake.release(Infinity)
        for (const sample of rig.intake.drain()) {
          samples++
          assert.ok(Number.isSafeInteger(sample.sourceTimestamp))
          assert.ok(sample.value === null || typeof sample.value === 'boolean' || Number.isFinite(sample.value))
          assert.ok(sample.quality >= 0 && sample.quality < 1 << 14)
          assert.ok(!hasFlag(sample.quality, TimeInvalid) || hasFlag(sample.quality, TimeSubstituted))
        }
      }
    }),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? 3000) },
  )
  assert.ok(samples > 100, 'much of it still meant something')
})

test('a station whose clock is set back by ten minutes is history for two arrivals, then live again; a burst out of a buffer stays history', () => {
  const rig = new Rig(['100'])
  rig.endReplay()
  const flagsOf = (value: number, stamp: number, arrival: number): number | undefined => rig.take(timed(value, stamp), arrival).at(-1)?.[2]
  assert.equal(flagsOf(1, 20, 20), 0)
  for (let event = 0; event < 6; event++) assert.equal(flagsOf(event % 2, -900 + event * 30, 30 + event / 100), Historical)
  assert.deepEqual(
    [40, 50, 60, 70].map((arrival) => flagsOf((arrival / 10) % 2, arrival - 600, arrival)),
    [Historical, Historical, 0, 0],
  )
  assert.equal(rig.counts.get('clock_set_back'), 1)
})
