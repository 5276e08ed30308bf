import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { preview } from './preview.ts'
import { NO_WISHES, sniff } from './sniff.ts'
import { Splitter } from './splitter.ts'
import { settle } from './structure.ts'
import { OrderProof } from './time-text.ts'

const NOW = Date.UTC(2026, 10, 26) * 1000

const seeds = [
  'Data;Caudal;Nível\r\n26/10/2025 00:59:59;12,5;3\r\n26/10/2025 01:00;1.234,75;"3,1"\r\n',
  'Time,Tag,Value,Quality\n2025-11-26T07:00:00Z,Flow,1.5,Good\n2025-11-26T07:00:01+01:00,"Le""vel",7,0x80000000\n',
  'sep=;\nTimestamp;A\n45987,2916666667;1,5\n45988,3;2,5\n',
  'ts\ta\tb\n1764140400\ton\t1e-3\n1764140460\toff\t-\n',
  '# logger\nDate,Time,A\n11/26/2025,7:00:00 AM,"1,234.5"\n11/26/2025,7:00:01 PM,9007199254740993\n',
]

const mutation = fc.record({
  at: fc.nat(400),
  length: fc.nat(6),
  text: fc.oneof(
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.constantFrom('"', '""', '\r', '\n', ';', ',', '\0', '31/12/9999', '9'.repeat(40), '\uFEFF', '#', '-'),
  ),
})

test('whatever becomes of a file, it is read, asked about or refused, and never more is shown than fits a screen', () => {
  fc.assert(
    fc.property(fc.constantFrom(...seeds), fc.array(mutation, { minLength: 1, maxLength: 8 }), (seed, mutations) => {
      const text = mutations.reduce((all, { at, length, text: other }) => all.slice(0, at) + other + all.slice(at + length), seed)
      const sniffed = sniff(text, NO_WISHES)
      const proof = new OrderProof()
      if (sniffed.kind === 'known') {
        const { delimiter, timeColumn } = sniffed.layout
        new Splitter(delimiter).split(text, true, (row) => proof.see(row.field(timeColumn).trim()))
      }
      const shown = preview(text, 'utf-8', settle(sniffed, proof, null), 'Europe/Lisbon', [], NOW)
      assert.equal(shown.ok, shown.problem === null)
      assert.ok(shown.ok || (shown.remedy ?? '') !== '')
      assert.ok(shown.problems.length <= 20)
      for (const { time, line } of shown.rows) assert.ok(!Number.isNaN(Date.parse(time)) && line > 0)
    }),
    { numRuns: 1000 },
  )
})
