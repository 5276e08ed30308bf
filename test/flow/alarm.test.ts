import assert from 'node:assert/strict'
import { test } from 'node:test'
import { acknowledge } from '#alarm/commands.ts'
import { removeRule } from '#store/alarm-rules.ts'
import { engineAgeSeconds } from '#store/alarms.ts'
import { deleteDevice } from '#store/devices.ts'
import { listEvents } from '#store/system-events.ts'
import { AlarmPlant, SECOND, startEngine, until } from '../support/alarm-plant.ts'
import { testDatabase } from '../support/database.ts'

const OPERATOR = { by: 'platform', user: 'ana' } as const

test('a crossing raises, an acknowledgement is not a clear, and both together close', async () => {
  await using t = await testDatabase()
  const plant = await AlarmPlant.make(t.db)
  const ruleId = await plant.rule()
  const told: string[] = []
  await using _alarms = t.db.listen('alarms', (payload) => void told.push(payload))
  await using _outbox = t.db.listen('outbox', () => void told.push('outbox'))
  await using _ = startEngine(t.db)
  await plant.deliver([50])
  await plant.deliver([90.5])
  const raisedAt = plant.now
  await plant.judged()
  const [raised] = await plant.alarms()
  assert.ok(raised)
  await until(
    () => told.includes(String(raised.id)) && told.at(-1) === 'outbox',
    'whoever shows alarms and whoever sends messages is woken',
  )
  assert.deepEqual(
    [raised.ruleId, raised.name, raised.severity, raised.deviceCode, raised.tagName, raised.unit, raised.operator, raised.setpoint],
    [ruleId, 'Level high', 'critical', 'PS-01', 'Level 1', 'm', '>', 80],
  )
  assert.deepEqual([raised.raisedAt, raised.valueAtRaise, raised.receivedAt, raised.displayNumber], [raisedAt, 90.5, raisedAt, 100])

  const request = {
    selection: { eventIds: [raised.id] },
    attribution: OPERATOR,
    comment: 'on my way',
    at: plant.now + 1,
    scope: 'all',
  } as const
  assert.deepEqual(
    (await acknowledge(t.db, request)).map((one) => [one.result, one.acknowledgedBy]),
    [['acknowledged', 'Platform: ana']],
  )
  await plant.deliver([91])
  await plant.deliver([79])
  await plant.judged()
  const [standing, ...more] = await plant.alarms()
  assert.deepEqual([standing?.clearedAt, standing?.closedAt, more.length], [null, null, 0], 'still beyond the deadband, never raised again')
  await plant.deliver([78])
  await plant.judged()
  const [closed] = await plant.alarms()
  assert.deepEqual([closed?.clearedAt, closed?.valueAtClear, closed?.closedAt], [plant.now, 78, plant.now])
  assert.equal(closed?.acknowledgedBy, 'Platform: ana')
  assert.deepEqual(
    (await plant.outbox()).map((one) => [one.kind, one.eventId]),
    [
      ['raised', raised.id],
      ['acknowledged', raised.id],
      ['cleared', raised.id],
    ],
  )
  assert.ok(((await engineAgeSeconds(t.db)) ?? 99) < 5)
})

test('a return to normal leaves an alarm open until somebody acknowledges, unless its rule closes by itself', async () => {
  await using t = await testDatabase()
  const plant = await AlarmPlant.make(t.db, { tags: 2 })
  await plant.rule()
  await plant.rule({ tagId: plant.tag(1), autoClose: true, name: 'Closes' })
  await using _ = startEngine(t.db)
  await plant.deliver([90, 90])
  await plant.deliver([10, 10])
  await plant.judged()
  const [stays, closes] = await plant.alarms()
  assert.deepEqual([stays?.clearedAt, stays?.closedAt, stays?.acknowledgedBy], [plant.now, null, null])
  assert.deepEqual([closes?.closedAt, closes?.acknowledgedBy], [plant.now, 'System: returned to normal'])
  await plant.deliver([90, 90])
  await plant.judged()
  const again = await plant.alarms()
  assert.deepEqual(
    again.map((one) => one.displayNumber),
    [100, 101, 102, 103],
    'a new crossing is a new occurrence with a number of its own',
  )
})

test('an on-delay ends by the clock, without a further reading', async () => {
  await using t = await testDatabase()
  const plant = await AlarmPlant.make(t.db)
  await plant.rule({ onDelaySeconds: 1 })
  await using _ = startEngine(t.db)
  await plant.deliver([90])
  const since = plant.now
  await until(async () => (await plant.alarms()).length === 1, 'the delay has ended')
  const [alarm] = await plant.alarms()
  assert.deepEqual([alarm?.raisedAt, alarm?.valueAtRaise], [since + SECOND, 90])
})

test('communication loss raises and clears by what the source says', async () => {
  await using t = await testDatabase()
  const plant = await AlarmPlant.make(t.db, { commTimeoutSeconds: 60 })
  await using _ = startEngine(t.db)
  await plant.deliver([1])
  const heard = plant.now
  for (let second = 0; second < 70; second += 2) await plant.deliver([], { seconds: 2, silent: true })
  await plant.judged()
  const [lost, ...more] = await plant.alarms()
  assert.deepEqual([lost?.kind, lost?.name, lost?.severity, more.length], ['communication_loss', 'Communication lost', 'warning', 0])
  assert.equal(Math.floor((lost?.raisedAt ?? 0) / 10), Math.floor((heard + 60 * SECOND) / 10))
  await plant.deliver([], { seconds: 2 })
  await plant.judged()
  const [back] = await plant.alarms()
  assert.deepEqual([back?.clearedAt, (await plant.alarms()).length], [plant.now, 1])
})

test('a device without tags loses no communication; with the first one it counts from then', async () => {
  await using t = await testDatabase()
  const plant = await AlarmPlant.make(t.db, { tags: 0, commTimeoutSeconds: 60 })
  await using _ = startEngine(t.db)
  for (let second = 0; second < 120; second += 20) await plant.deliver([], { seconds: 20, silent: true })
  await plant.judged()
  assert.deepEqual(await plant.alarms(), [])
  await plant.addTag()
  const since = plant.now
  const later = async (): Promise<boolean> => {
    await plant.deliver([], { seconds: 5, silent: true })
    return (await plant.alarms()).length > 0
  }
  await until(later, 'the tag is watched, and silent')
  const [lost] = await plant.alarms()
  assert.ok((lost?.raisedAt ?? 0) >= since + 60 * SECOND)
})

test('a changed threshold is judged at once; what was removed or switched off closes by the system', async () => {
  await using t = await testDatabase()
  const plant = await AlarmPlant.make(t.db, { tags: 3 })
  const moved = await plant.rule()
  const removed = await plant.rule({ tagId: plant.tag(1), name: 'Removed' })
  const disabled = await plant.rule({ tagId: plant.tag(2), name: 'Disabled' })
  await using _ = startEngine(t.db)
  await plant.deliver([90, 90, 90])
  await plant.judged()
  await plant.rule({ setpoint: 95, severity: 'info' }, moved)
  await removeRule(t.db, 'all', removed)
  await plant.rule({ tagId: plant.tag(2), name: 'Disabled', enabled: false }, disabled)
  await until(async () => (await plant.alarms()).every((one) => one.clearedAt !== null), 'nothing stands')
  assert.deepEqual(
    (await plant.alarms()).map((one) => [one.severity, one.acknowledgedBy, one.closedAt !== null]),
    [
      ['critical', null, false],
      ['critical', 'System: rule removed', true],
      ['critical', 'System: rule disabled', true],
    ],
  )
  await plant.rule({ setpoint: 60, severity: 'info', name: 'Renamed' }, moved)
  await until(async () => (await plant.alarms()).length === 4, 'the lower threshold raises with the last good value')
  const last = (await plant.alarms()).at(-1)
  assert.deepEqual([last?.severity, last?.name, last?.valueAtRaise], ['info', 'Renamed', 90])
  await deleteDevice(t.db, plant.deviceId)
  await until(async () => (await plant.alarms()).at(-1)?.closedAt !== null, 'the device took its alarm along')
  assert.equal((await plant.alarms()).at(-1)?.deviceCode, 'PS-01')
})

test('what changed while no engine ran is found at its start', async () => {
  await using t = await testDatabase()
  const plant = await AlarmPlant.make(t.db, { tags: 2 })
  const lowered = await plant.rule()
  const removed = await plant.rule({ tagId: plant.tag(1) })
  {
    await using _ = startEngine(t.db)
    await plant.deliver([70, 90])
    await plant.judged()
  }
  // an orderly stop wrote down what was remembered: nothing needs to be read again
  await t.db.query('delete from deliveries')
  await plant.rule({ setpoint: 60 }, lowered)
  await removeRule(t.db, 'all', removed)
  await using _ = startEngine(t.db)
  await until(async () => (await plant.alarms()).length === 2, 'the lowered rule has raised')
  const [gone, raised] = await plant.alarms()
  assert.equal(gone?.acknowledgedBy, 'System: rule removed')
  assert.deepEqual([raised?.ruleId, raised?.valueAtRaise, raised?.clearedAt], [lowered, 70, null])
})

test('deliveries that are gone unread are told', async () => {
  await using t = await testDatabase()
  const plant = await AlarmPlant.make(t.db)
  await plant.rule()
  {
    await using _ = startEngine(t.db)
    await plant.deliver([1])
    await plant.judged()
  }
  await plant.deliver([90])
  await plant.deliver([91])
  await t.db.query('delete from deliveries where seq = 2')
  await using _ = startEngine(t.db)
  await plant.judged()
  const [event] = await listEvents(t.db, 'all', 10)
  assert.deepEqual(
    [event?.code, event?.severity, event?.detail],
    ['alarm.deliveries_missed', 'critical', { source: 'driver-modbus', from: 2, to: 2 }],
  )
  assert.equal((await plant.alarms()).length, 1)
})
