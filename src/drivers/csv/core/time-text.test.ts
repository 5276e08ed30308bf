import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { detectTime, isTimeOfDay, OrderProof, TimeReader, type TimeFormat } from './time-text.ts'

const point = { decimal: '.', thousands: '' } as const
const two = (n: number): string => String(n).padStart(2, '0')

const moment = fc.integer({ min: 0, max: Date.UTC(2199, 11, 31) }).map((millis) => ({ millis, date: new Date(millis) }))

test('what is written is read, in every format', () => {
  fc.assert(
    fc.property(moment, fc.constantFrom('/', '-', '.', ' '), fc.boolean(), ({ millis, date }, mark, comma) => {
      const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]
      const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}${comma ? ',' : '.'}${String(date.getUTCMilliseconds()).padStart(3, '0')}`
      const hour = date.getUTCHours()
      const half = `${hour % 12 === 0 ? 12 : hour % 12}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} ${hour < 12 ? 'AM' : 'PM'}`
      const read = (format: TimeFormat, text: string): number => new TimeReader(format).read(text)
      assert.equal(read('ymd', [year, two(month), two(day)].join(mark) + `T${clock}`), millis * 1000)
      assert.equal(read('dmy', `${[day, month, year].join(mark)} ${clock}`), millis * 1000)
      assert.equal(read('mdy', `${[month, day, year].join(mark)} ${half}`), Math.floor(millis / 1000) * 1_000_000)
      assert.equal(
        read('compact', `${year}${two(month)}${two(day)}${two(hour)}${two(date.getUTCMinutes())}${two(date.getUTCSeconds())}`),
        Math.floor(millis / 1000) * 1_000_000,
      )
      assert.equal(read('epochMillis', String(millis)), millis * 1000)
      assert.equal(read('epochMicros', String(millis * 1000)), millis * 1000)
      assert.equal(read('epochSeconds', (millis / 1000).toFixed(3)), millis * 1000)
      assert.equal(read('excel', String(millis / 86_400_000 + 25_569)), millis * 1000)
    }),
    { numRuns: 1000 },
  )
})

test('zones, months in words, short forms', () => {
  const cases: readonly (readonly [TimeFormat, string, string, boolean])[] = [
    ['ymd', '2026-11-26T07:00:00Z', '2026-11-26T07:00:00Z', true],
    ['ymd', '2026-11-26T07:00:00.123456789+01:00', '2026-11-26T06:00:00.123456Z', true],
    ['ymd', '2026-11-26 07:00-0330', '2026-11-26T10:30:00Z', true],
    ['ymd', '2026-11-26 07:00:00 UTC', '2026-11-26T07:00:00Z', true],
    ['ymd', '2026-11-26', '2026-11-26T00:00:00Z', false],
    ['ymd', '2026-11-26 24:00', '2026-11-27T00:00:00Z', false],
    ['dmy', '26-Nov-2026 07:00', '2026-11-26T07:00:00Z', false],
    ['dmy', '26 fev 26, 7:05', '2026-02-26T07:05:00Z', false],
    ['dmy', '1/dez/2026', '2026-12-01T00:00:00Z', false],
    ['mdy', 'Nov 26, 2026 12:00 AM', '2026-11-26T00:00:00Z', false],
    ['mdy', '11/26/2026 12:30 p.m.', '2026-11-26T12:30:00Z', false],
    ['compact', '20261126T070005', '2026-11-26T07:00:05Z', false],
    ['compact', '202611260700', '2026-11-26T07:00:00Z', false],
  ]
  for (const [format, text, expected, absolute] of cases) {
    const reader = new TimeReader(format)
    const read = reader.read(text)
    const instant = Temporal.Instant.from(expected)
    assert.equal(read, Number(instant.epochNanoseconds / 1000n), text)
    assert.equal(reader.absolute, absolute, text)
  }
})

test('what is no date is no date', () => {
  const wrong: readonly (readonly [TimeFormat, string])[] = [
    ['ymd', '2026-02-29'],
    ['ymd', '2026-13-01'],
    ['ymd', '2026-11-26 25:00'],
    ['ymd', '2026-11-26 07:60'],
    ['ymd', '2026-11-26 07:00 x'],
    ['ymd', '26-11-2026'],
    ['dmy', '31/04/2026'],
    ['dmy', '2026-04-03'],
    ['dmy', '3/4'],
    ['dmy', '3/4/202'],
    ['mdy', '13/01/2026'],
    ['mdy', '11/26/2026 13:00 PM'],
    ['compact', '20261301'],
    ['epochSeconds', '-5'],
    ['excel', 'x'],
    ['ymd', ''],
  ]
  for (const [format, text] of wrong) assert.ok(Number.isNaN(new TimeReader(format).read(text)), `${format} ${text}`)
})

test('nothing crashes the reader', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...Array.from('0123456789-/:. TZ+APMa,')), maxLength: 24 }),
      fc.constantFrom('ymd', 'dmy', 'mdy', 'compact', 'excel', 'epochSeconds'),
      (text, format) => {
        const read = new TimeReader(format).read(text)
        assert.ok(Number.isNaN(read) || Number.isSafeInteger(read))
      },
    ),
    { numRuns: 3000 },
  )
})

test('day and month: proved by one date after the 12th, otherwise asked', () => {
  const find = (cells: readonly string[], named = true): string => {
    const finding = detectTime(cells, point, named)
    return finding === undefined ? 'none' : finding.kind === 'ambiguous' ? `ask ${finding.example}` : finding.format
  }
  assert.equal(find(['01/02/2026 10:00', '02/02/2026 10:00']), 'ask 01/02/2026 10:00')
  assert.equal(find(['01/02/2026', '13/02/2026']), 'dmy')
  assert.equal(find(['01/02/2026', '02/13/2026']), 'mdy')
  assert.equal(find(['01-Feb-2026']), 'dmy')
  assert.equal(find(['2026-02-01 10:00']), 'ymd')
  assert.equal(find(['20260201100000']), 'compact')
  assert.equal(find(['1769940000', '1769940060']), 'epochSeconds')
  assert.equal(find(['1769940000000']), 'epochMillis')
  assert.equal(find(['46054.5']), 'excel')
  assert.equal(find(['46054.5'], false), 'none')
  assert.equal(find(['12.5', '13.0']), 'none')
  const proof = new OrderProof()
  for (const cell of ['01/02/2026', 'x', '05/14/2026', '14/05/2026']) proof.see(cell)
  assert.deepEqual([proof.order, proof.cell], ['mdy', '05/14/2026'])
  assert.ok(isTimeOfDay('7:05') && isTimeOfDay('19:05:09.5') && isTimeOfDay('7:05 PM') && !isTimeOfDay('12') && !isTimeOfDay('25:00'))
})
