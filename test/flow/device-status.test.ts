import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listStatusHistory } from '#store/device-status-history.ts'
import { AlarmPlant, startEngine } from '../support/alarm-plant.ts'
import { testDatabase } from '../support/database.ts'

test('the history of a device says what people read: every change once, with its time and reason; a lost communication before what its driver says', async () => {
  await using t = await testDatabase()
  const plant = await AlarmPlant.make(t.db, { commTimeoutSeconds: 60 })
  await using _ = startEngine(t.db)
  const expected: [at: number, status: string, problem: string | null][] = []
  const say = async (report: Parameters<AlarmPlant['deliver']>[1], status?: string, problem: string | null = null): Promise<void> => {
    await plant.deliver([], report)
    if (status !== undefined) expected.push([plant.now, status, problem])
  }
  const problem = 'No answer from 10.20.4.11:502 within 1 s.'
  const failing = (consecutiveFailures: number): { status: 'error'; problem: string; consecutiveFailures: number } => ({
    status: 'error',
    problem,
    consecutiveFailures,
  })
  await plant.deliver([1])
  expected.push([plant.now, 'ok', null])
  const heard = plant.now
  await say({})
  await say({ report: { status: 'degraded', problem: 'Answers 12 of 20 polls.', newest: heard } }, 'warning', 'Answers 12 of 20 polls.')
  await say({ report: { ...failing(3), newest: heard } }, 'error', problem)
  await say({ report: { ...failing(4), newest: heard } })
  await say({ report: { ...failing(10), status: 'quarantined', newest: heard } })
  for (let second = 0; second < 70; second += 2) await say({ seconds: 2, report: { ...failing(11), newest: heard } })
  await plant.judged()
  const lost = (await plant.alarms())[0]
  assert.equal(lost?.kind, 'communication_loss')
  const before = await listStatusHistory(t.db, 'all', plant.deviceId, heard - 1, plant.now + 1)
  const missed = before.at(-1)
  assert.deepEqual([missed?.status, missed?.problem], ['no_communication', problem])
  assert.ok(missed !== undefined && missed.at >= heard + 60_000_000)
  expected.push([missed.at, 'no_communication', problem])
  await say({}, 'ok')
  await say({ report: { status: 'disabled' } }, 'disabled')
  await say({}, 'ok')
  await plant.judged()
  const history = await listStatusHistory(t.db, 'all', plant.deviceId, heard - 1, plant.now + 1)
  assert.deepEqual(
    history.map((one) => [one.at, one.status, one.problem]),
    expected,
  )
})
