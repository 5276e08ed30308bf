import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Zone } from '#calc/zone.ts'
import { csvLine, timeText } from './history-csv.ts'

const at = (text: string): number => Date.parse(text) * 1000

test('times as they are asked for, on the clock of the zone', () => {
  const lisbon = new Zone('Europe/Lisbon')
  const summer = at('2026-07-01T11:05:09.250Z') + 4
  assert.deepEqual(
    (['iso', 'ymd', 'dmy', 'mdy', 'epoch'] as const).map((format) => timeText(summer, format, lisbon)),
    [
      '2026-07-01T12:05:09.250004+01:00',
      '2026-07-01 12:05:09.250004',
      '01/07/2026 12:05:09.250004',
      '07/01/2026 12:05:09.250004',
      '1782903909.250004',
    ],
  )
  assert.equal(timeText(at('2026-10-25T00:30:00Z'), 'iso', lisbon), '2026-10-25T01:30:00+01:00')
  assert.equal(timeText(at('2026-10-25T01:30:00Z'), 'iso', lisbon), '2026-10-25T01:30:00+00:00')
  assert.equal(timeText(at('2026-07-01T00:00:00Z'), 'iso', new Zone('America/St_Johns')), '2026-06-30T21:30:00-02:30')
  assert.equal(timeText(at('1969-12-31T23:59:59.5Z'), 'iso', new Zone('UTC')), '1969-12-31T23:59:59.5+00:00')
})

test('a text never becomes a formula, a number never a text', () => {
  const look = { delimiter: ';', decimal: ',' } as const
  assert.equal(csvLine(['=HYPERLINK("x")', '+1', '@a', -1.5, 'a;b', null], look), `"'=HYPERLINK(""x"")";'+1;'@a;-1,5;"a;b";\r\n`)
})
