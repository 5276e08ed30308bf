import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { GOOD, QualityFlag, QualityReason, QualitySeverity, hasFlag, packQuality, reasonOf, severityOf } from './sample.ts'

test('a packed quality gives back what went in and fits a smallint', () => {
  const flags = Object.values(QualityFlag)
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(QualitySeverity)),
      fc.constantFrom(...Object.values(QualityReason)),
      fc.subarray(flags),
      (severity, reason, chosen) => {
        const packed = packQuality(
          severity,
          reason,
          chosen.reduce((all, flag) => all | flag, 0),
        )
        assert.equal(severityOf(packed), severity)
        assert.equal(reasonOf(packed), reason)
        for (const flag of flags) assert.equal(hasFlag(packed, flag), chosen.includes(flag))
        assert.ok(packed >= 0 && packed <= 32_767)
      },
    ),
  )
})

test('GOOD is good, without reason or remark', () => {
  assert.equal(severityOf(GOOD), QualitySeverity.Good)
  assert.equal(reasonOf(GOOD), QualityReason.None)
})
