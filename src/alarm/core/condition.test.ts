import assert from 'node:assert/strict'
import { test } from 'node:test'
import { QualityReason, QualitySeverity, packQuality } from '#domain/sample.ts'
import { evidenceOf, verdict, type Limits } from './condition.ts'

const at80 = (operator: Limits['operator'], deadband = 2): Limits => ({ operator, setpoint: 80, deadband })

test('raising ignores the deadband, holding shifts the operator by it', () => {
  const rows: [Limits['operator'], value: number, raises: boolean, holds: boolean][] = [
    ['>', 80, false, true],
    ['>', 80.1, true, true],
    ['>', 78, false, false],
    ['>=', 80, true, true],
    ['>=', 78, false, true],
    ['>=', 77.9, false, false],
    ['<', 80, false, true],
    ['<', 79.9, true, true],
    ['<', 82, false, false],
    ['<=', 80, true, true],
    ['<=', 82, false, true],
    ['<=', 82.1, false, false],
    ['=', 80, true, true],
    ['=', 82, false, true],
    ['=', 77.9, false, false],
    ['!=', 82, false, true],
    ['!=', 82.1, true, true],
    ['!=', 77.9, true, true],
    ['!=', 80, false, false],
  ]
  for (const [operator, value, raises, holds] of rows) {
    assert.equal(verdict(at80(operator), value, false), raises, `${value} raises ${operator} 80`)
    assert.equal(verdict(at80(operator), value, true), holds, `${value} holds ${operator} 80 with 2`)
  }
})

test('without a deadband raise and hold are the same test', () => {
  for (const operator of ['>', '>=', '<', '<=', '=', '!='] as const) {
    for (const value of [79, 80, 81, -0, 0]) {
      assert.equal(verdict(at80(operator, 0), value, true), verdict(at80(operator, 0), value, false), `${value} ${operator}`)
    }
  }
})

test('integers beyond 2^53 compare exactly, and minus zero is zero', () => {
  const limits: Limits = { operator: '>', setpoint: 2 ** 53, deadband: 0 }
  assert.equal(verdict(limits, 9_007_199_254_740_993n, false), true)
  assert.equal(verdict(limits, 9_007_199_254_740_992n, false), false)
  assert.equal(verdict({ ...limits, operator: '=' }, 9_007_199_254_740_993n, false), false)
  assert.equal(verdict({ ...limits, operator: '=' }, 9_007_199_254_740_992n, false), true)
  assert.equal(verdict({ operator: '=', setpoint: 0, deadband: 0 }, -0, false), true)
  assert.equal(verdict({ operator: '<', setpoint: 0, deadband: 0 }, -0, false), false)
})

test('a band at decimal numbers includes its written edge', () => {
  assert.equal(verdict({ operator: '=', setpoint: 0.3, deadband: 0.1 }, 0.4, true), true)
})

test('bad quality, no value, text, NaN and infinite are no evidence; uncertain is', () => {
  const bad = packQuality(QualitySeverity.Bad, QualityReason.Invalid)
  assert.equal(evidenceOf(5, bad), undefined)
  for (const value of [null, 'open', Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    assert.equal(evidenceOf(value, 0), undefined, String(value))
  }
  assert.equal(evidenceOf(5, packQuality(QualitySeverity.Uncertain)), 5)
  assert.equal(evidenceOf(true, 0), 1)
  assert.equal(evidenceOf(false, 0), 0)
  assert.equal(evidenceOf(2n ** 60n, 0), 2n ** 60n)
})
