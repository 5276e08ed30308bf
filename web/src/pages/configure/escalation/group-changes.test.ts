import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Change, groupChanges } from './group-changes.ts'

const chain: Change['after'] = {
  name: 'Night',
  steps: [{ groupName: 'Shift', waitMinutes: 5, attempts: 1 }],
  onClear: 'continue',
  maxAgeMinutes: 4320,
  repeatMinutes: 0,
}
const change = (displayNumber: number, more: Partial<Change> = {}): Change => ({
  caseId: displayNumber,
  displayNumber,
  alarmName: 'Level high',
  alarmKind: 'threshold',
  severity: 'critical',
  before: chain,
  after: { ...chain, repeatMinutes: 60 },
  toldAlready: ['Shift'],
  next: 'Heads',
  nextActionAt: 1000,
  ...more,
})

test('what is the same for several alarms is said once, with when it is due', () => {
  const groups = groupChanges(
    [change(1), change(2, { nextActionAt: 3000 }), change(3, { next: null, nextActionAt: null }), change(4, { nextActionAt: 5 })],
    10,
  )
  assert.deepEqual(
    groups.map((one) => [one.alarms.map((alarm) => alarm.displayNumber), one.next]),
    [
      [[1, 2], { from: 1000, to: 3000 }],
      [[3], null],
      [[4], { from: 5, to: 5 }],
    ],
  )
})
