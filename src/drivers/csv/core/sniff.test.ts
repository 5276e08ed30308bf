import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Layout, findColumn } from './layout.ts'
import { NO_WISHES, sniff, type Wishes } from './sniff.ts'

function layoutOf(text: string, wishes: Partial<Wishes> = {}): Layout {
  const sniffed = sniff(text, { ...NO_WISHES, ...wishes })
  assert.ok(sniffed.kind === 'known', JSON.stringify(sniffed))
  return sniffed.layout
}

test('Portuguese: semicolons, decimal commas, day first, a row of units', () => {
  const layout = layoutOf('Data;Caudal;Nível\n;m³/h;m\n26/11/2026 07:00;12,5;3\n26/11/2026 07:01;1.234,75;3,1\n')
  assert.deepEqual(
    { ...layout },
    {
      delimiter: ';',
      marks: { decimal: ',', thousands: '.' },
      headLines: 2,
      header: ['Data', 'Caudal', 'Nível'],
      units: ['', 'm³/h', 'm'],
      fields: 3,
      timeFormat: 'dmy',
      timeColumn: 0,
      clockColumn: -1,
      kind: 'wide',
      tagColumn: -1,
      valueColumn: -1,
      qualityColumn: -1,
    },
  )
})

test('what exporters do', () => {
  const us = layoutOf('Date,Time,Flow (gpm),"Level, ft"\r\n11/26/2026,7:00:00 AM,12.5,3\r\n11/26/2026,7:01:00 AM,"1,234.5",3\r\n')
  assert.deepEqual([us.timeFormat, us.clockColumn, us.marks.decimal, us.marks.thousands, us.header[3]], ['mdy', 1, '.', ',', 'Level, ft'])

  const excel = layoutOf('sep=;\r\nTimestamp;A\r\n46352,2916666667;1,5\r\n46352,3;2,5\r\n')
  assert.deepEqual([excel.delimiter, excel.timeFormat, excel.headLines, excel.marks.decimal], [';', 'excel', 2, ','])

  const logger = layoutOf('Logger 7\nSerial;0815\n\nTime;A;B\n2026-11-26 07:00;1;2\n2026-11-26 07:01;1;2\n')
  assert.deepEqual([logger.headLines, logger.header.join()], [4, 'Time,A,B'])

  const comments = layoutOf('# made by a gateway\nts,a\n1764140400,1.5\n1764140460,1.5\n')
  assert.deepEqual([comments.timeFormat, comments.headLines], ['epochSeconds', 2])

  const tabs = layoutOf('time\ta\tb\n2026-11-26T07:00:00Z\t1,5\t2\n2026-11-26T07:01:00Z\t1,5\t2\n')
  assert.deepEqual([tabs.delimiter, tabs.marks.decimal], ['\t', ','])

  const bare = layoutOf('2026-11-26 07:00,1.5,2\n2026-11-26 07:01,1.6,2\n')
  assert.deepEqual([bare.headLines, bare.header.join(), findColumn(bare.header, '2')], [0, 'Column 1,Column 2,Column 3', 1])

  const trailing = layoutOf('Time;A;\n2026-11-26 07:00;1;\n2026-11-26 07:01;1;\n')
  assert.equal(trailing.fields, 2)
})

test('long files: by the names of the columns, or by what stands in them', () => {
  const named = layoutOf('Timestamp,TagName,Value,Quality\n2026-11-26 07:00,Flow,1.5,Good\n2026-11-26 07:00,Level,7,Bad\n')
  assert.deepEqual([named.kind, named.tagColumn, named.valueColumn, named.qualityColumn], ['long', 1, 2, 3])
  const turned = layoutOf('Nome;Valor;Data\nCaudal;1,5;26/11/2026 07:00\nNível;7;26/11/2026 07:00\n')
  assert.deepEqual([turned.kind, turned.tagColumn, turned.valueColumn, turned.timeColumn], ['long', 0, 1, 2])
  const bare = layoutOf('2026-11-26 07:00,Flow,1.5\n2026-11-26 07:00,Level,7\n')
  assert.deepEqual([bare.kind, bare.tagColumn, bare.valueColumn], ['long', 1, 2])
  assert.equal(layoutOf('Timestamp,Name,Value\n2026-11-26 07:00,Flow,1.5\n', { layout: 'wide' }).kind, 'wide')
})

test('what is set is not guessed, and a column that is not there is named', () => {
  const text = 'When,Stamp,A\n1,01/02/2026 07:00,5\n2,02/02/2026 07:00,6\n'
  assert.equal(layoutOf(text, { timeColumn: 'stamp', timeFormat: 'mdy' }).timeFormat, 'mdy')
  assert.equal(layoutOf(text, { timeColumn: 'stamp', timeFormat: 'mdy' }).timeColumn, 1)
  const missing = sniff(text, { ...NO_WISHES, timeColumn: 'Clock' })
  assert.ok(missing.kind === 'unreadable')
  assert.match(missing.problem, /"Clock"/)
  assert.match(missing.remedy, /"Stamp"/)
})

test('repeated names are refused by name and place', () => {
  const sniffed = sniff('Time,Flow, Flow ,Level\n2026-11-26,1,2,3\n', NO_WISHES)
  assert.ok(sniffed.kind === 'unreadable')
  assert.match(sniffed.problem, /"Flow" \(columns 2, 3\)/)
})

test('nothing yet, and nothing to read', () => {
  assert.equal(sniff('', NO_WISHES).kind, 'empty')
  assert.equal(sniff('Time,A,B\n', NO_WISHES).kind, 'empty')
  assert.equal(sniff('A,B\n1,2\n3,4\n', NO_WISHES).kind, 'unreadable')
  assert.equal(sniff('x'.repeat(5000), NO_WISHES).kind, 'empty')
})

test('a name is found exactly, else the only one that differs in case alone', () => {
  const header = ['Time', 'Flow', 'flow', 'Level']
  assert.equal(findColumn(header, ' flow '), 2)
  assert.equal(findColumn(header, 'FLOW'), -1)
  assert.equal(findColumn(header, 'LEVEL'), 3)
  assert.equal(findColumn(header, '2'), -1)
})
