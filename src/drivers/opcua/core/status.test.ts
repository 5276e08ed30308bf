import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { QualityReason, QualitySeverity, reasonOf, severityOf } from '#domain/sample.ts'
import { hasOverflow, isBad, isGood, qualityOf, Status, statusCodeOf, statusText } from './status.ts'

test('the two top bits are the severity, 11 counts as Bad', () => {
  fc.assert(
    fc.property(fc.nat({ max: 0xffff_ffff }), (code) => {
      const expected = [QualitySeverity.Good, QualitySeverity.Uncertain, QualitySeverity.Bad, QualitySeverity.Bad][code >>> 30]
      assert.equal(severityOf(qualityOf(code)), expected)
      assert.equal(isBad(code), expected === QualitySeverity.Bad)
      assert.equal(isGood(code), expected === QualitySeverity.Good)
    }),
  )
})

test('the code fits the store and comes back', () => {
  fc.assert(
    fc.property(fc.nat({ max: 0xffff_ffff }), (code) => {
      const kept = statusCodeOf(code)
      if (code === 0) return assert.equal(kept, null)
      assert.ok(kept !== null && kept >= -(2 ** 31) && kept < 2 ** 31)
      assert.equal(kept >>> 0, code)
    }),
  )
})

test('the information bits do not hide the condition', () => {
  assert.equal(reasonOf(qualityOf((Status.BadNodeIdUnknown | 0x0480) >>> 0)), QualityReason.BadAddress)
  assert.match(statusText((Status.BadNodeIdUnknown | 0x0480) >>> 0), /^BadNodeIdUnknown: /)
  assert.equal(statusText(0x0480), '')
  assert.equal(statusText(0x80cd0000), '0x80CD0000')
})

test('overflow is told by InfoType DataValue and its bit', () => {
  assert.equal(hasOverflow(0x0000_0480), true)
  assert.equal(hasOverflow(0x0000_0080), false)
  assert.equal(hasOverflow(0x0000_0400), false)
  assert.equal(hasOverflow(0x4090_0480), true)
})
