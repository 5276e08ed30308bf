import assert from 'node:assert/strict'
import { test } from 'node:test'
import { QualityReason, QualitySeverity, packQuality } from '#domain/sample.ts'
import type { Tag } from '../../api/replies.ts'
import { withTail } from './tail.ts'
import type { Pen } from './pens.ts'

const BAD = packQuality(QualitySeverity.Bad, QualityReason.CommunicationFailure)
const PEN: Pen = {
  tag: { id: 7, name: 'level', unit: '', kind: 'analog', decimals: 1 } as Tag,
  label: 'level',
  look: 1,
  earlier: false,
  times: [1, 2],
  values: [10, 20],
  qualities: [0, 0],
  minimum: [],
  maximum: [],
  interpolation: 'sloped',
  held: null,
}

test('a line goes on with what came after its last sample, and only with that', () => {
  const came = (seconds: number, value: number | boolean | string, quality = 0) => ({ sourceTimestamp: seconds * 1e6, value, quality })
  const tail = new Map([[7, [came(1, 10), came(2, 20), came(3, 30), came(4, 40, BAD), came(5, true), came(6, 'open')]]])
  const { times, values, qualities } = withTail(PEN, tail)
  assert.deepEqual(times, [1, 2, 3, 4, 5, 6])
  assert.deepEqual(values, [10, 20, 30, null, 1, null])
  assert.deepEqual(qualities, [0, 0, 0, BAD, 0, 0])
  assert.equal(withTail({ ...PEN, tag: { ...PEN.tag, id: 8 } }, tail).times.length, 2)
})
