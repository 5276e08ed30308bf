import assert from 'node:assert/strict'
import { test } from 'node:test'
import { remarksOf, remarksText } from './quality-remarks.ts'
import { packQuality, QualityFlag, QualityReason, QualitySeverity } from './sample.ts'

test('the marks of CP56Time2a are told, how we store a sample is not', () => {
  const { SummerTime, TimeInvalid, Ambiguous, Heartbeat, LastBeforeChange } = QualityFlag
  assert.deepEqual(remarksOf(SummerTime | Ambiguous | Heartbeat), ['summerTime', 'ambiguous'])
  assert.equal(remarksText(SummerTime | Ambiguous), 'summer time (SU), local time that occurs twice or never')
  assert.equal(
    remarksText(packQuality(QualitySeverity.Bad, QualityReason.NotTopical, TimeInvalid)),
    'not topical, clock of the source invalid',
  )
  assert.equal(remarksText(Heartbeat | LastBeforeChange), '')
})
