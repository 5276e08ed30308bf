import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Alarm } from '../../api/replies.ts'
import { pt } from '../../i18n/pt.ts'
import { translator } from '../../i18n/translate.ts'
import { alarmName, valueAndLimit } from './alarm-text.ts'
import { byUrgency } from './by-urgency.ts'

const alarm: Alarm = {
  id: 1,
  displayNumber: 101,
  ruleId: 1,
  kind: 'threshold',
  deviceId: 1,
  deviceCode: 'TP-01',
  tagId: null,
  tagName: 'Chlorine',
  unit: 'mg/L',
  name: 'Chlorine low',
  severity: 'warning',
  operator: '<',
  setpoint: 0.4,
  raisedAt: 0,
  valueAtRaise: 0.3,
  clearedAt: null,
  acknowledgedAt: null,
  acknowledgedBy: null,
  comment: null,
  closedAt: null,
  late: false,
}
const session = { tag: () => undefined, locale: 'en-GB' }

test('a value that crossed its limit by a hair is told apart from it', () => {
  assert.equal(valueAndLimit(alarm, session), '0.3 / < 0.4 mg/L')
  assert.equal(valueAndLimit({ ...alarm, valueAtRaise: 0.39998 }, session), '0.39998 / < 0.4 mg/L')
  assert.equal(valueAndLimit({ ...alarm, valueAtRaise: 0.399_999_999_9 }, session), '0.4 / < 0.4 mg/L')
  assert.equal(valueAndLimit({ ...alarm, operator: '<=', valueAtRaise: 0.4 }, session), '0.4 / <= 0.4 mg/L')
  assert.equal(valueAndLimit({ ...alarm, valueAtRaise: null }, session), '< 0.4 mg/L')
})

test('a deviation shows what is allowed and from what, a curve no limit', () => {
  const deviation = { ...alarm, kind: 'deviation', operator: null, setpoint: 8, valueAtRaise: 42 }
  assert.equal(valueAndLimit(deviation, session), '42 mg/L / ± 8 %')
  assert.equal(valueAndLimit({ ...deviation, unit: '%' }, session), '42 / ± 8 %')
  assert.equal(valueAndLimit({ ...deviation, target: 50 }, session), '42 mg/L / 50 mg/L ± 8 %')
  assert.equal(valueAndLimit({ ...deviation, target: 50, kind: 'out_of_band' }, session), '42 / 50 ± 8 mg/L')
  assert.equal(valueAndLimit({ ...alarm, kind: 'curve', operator: null, setpoint: 0, valueAtRaise: 3.84 }, session), '3.84 mg/L')
})

test('communication loss is named in the language of the reader, a rule as its engineer named it', () => {
  const t = translator(pt, 'pt')
  assert.equal(alarmName({ ...alarm, kind: 'communication_loss', name: 'Communication lost' }, t), 'Comunicação perdida')
  assert.equal(alarmName(alarm, t), 'Chlorine low')
})

test('a warning that stands comes before a critical alarm that is over, and both before what somebody took notice of', () => {
  const standing = { ...alarm, id: 1 }
  const over = { ...alarm, id: 2, severity: 'critical', clearedAt: 5 } as const
  const seen = { ...alarm, id: 3, severity: 'critical', acknowledgedAt: 5 } as const
  const worse = { ...alarm, id: 4, severity: 'critical' } as const
  const newer = { ...alarm, id: 5, raisedAt: 1 }
  assert.deepEqual(
    [seen, over, standing, newer, worse].toSorted(byUrgency).map((one) => one.id),
    [4, 5, 1, 2, 3],
  )
})
