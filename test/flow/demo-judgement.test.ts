import assert from 'node:assert/strict'
import { test } from 'node:test'
import { removeDevice } from '#plant/configure.ts'
import { DEMO_BROKER, installDemo, removeDemo } from '#plant/demo.ts'
import { forgetDemoCurve, judgeDemo } from '#plant/demo-judgement.ts'
import { exportPlant } from '#plant/export.ts'
import { applyPlant } from '#plant/apply.ts'
import { parsePlantFile } from '#plant/plant-file.ts'
import { planPlant } from '#plant/plan.ts'
import { listCurves } from '#store/curves.ts'
import { listDevices } from '#store/devices.ts'
import { listRules } from '#store/alarm-rules.ts'
import { DEMO_CURVE, DEMO_JUDGEMENT } from '../../simulator/demo-judgement.ts'
import { demoBroker, demoDevices } from '../../simulator/demo-plant.ts'
import { testDatabase } from '../support/database.ts'
import { demoPlant } from '../support/demo-plant.ts'

test('the demo is judged by a curve and key figures, which go with it; a plant file carries them there and back', async () => {
  await using t = await testDatabase()
  await using plant = await demoPlant()
  await installDemo(t.db, { devices: demoDevices(plant.connections), broker: demoBroker(DEMO_BROKER, 18_830) })
  await judgeDemo(t.db, DEMO_JUDGEMENT)
  const names = async (): Promise<string[]> =>
    (await listRules(t.db, 'all')).filter((rule) => rule.kind === 'curve' || rule.kind === 'out_of_band').map((rule) => rule.name)
  const all = ['Booster pumps off their curve', 'Pump efficiency off target', 'Specific energy off target']
  assert.deepEqual((await names()).toSorted(), all)
  await judgeDemo(t.db, DEMO_JUDGEMENT)
  assert.deepEqual((await names()).toSorted(), all, 'once is enough')

  // a site has a name only after its set-up
  const { site: _site, ...went } = await exportPlant(t.db)
  const file = parsePlantFile(JSON.stringify(went))
  assert.equal(file.curves?.[0]?.name, DEMO_CURVE)
  assert.deepEqual(await planPlant(t.db, file), [])
  await using other = await testDatabase()
  await applyPlant(other.db, file)
  const { site: _other, ...came } = await exportPlant(other.db)
  assert.deepEqual(came, went)

  await removeDemo(t.db)
  await forgetDemoCurve(t.db, DEMO_CURVE)
  assert.deepEqual(await listCurves(t.db), [])
})

test('a demo that lost a device keeps what can still be judged', async () => {
  await using t = await testDatabase()
  await using plant = await demoPlant()
  await installDemo(t.db, { devices: demoDevices(plant.connections), broker: demoBroker(DEMO_BROKER, 18_830) })
  const meter = (await listDevices(t.db, 'all')).find((device) => device.code === 'EM-01')
  await removeDevice(t.db, 'all', meter?.id ?? 0)
  await judgeDemo(t.db, DEMO_JUDGEMENT)
  assert.ok((await listRules(t.db, 'all')).some((rule) => rule.name === 'Pump efficiency off target'))
  assert.ok(!(await listRules(t.db, 'all')).some((rule) => rule.name === 'Specific energy off target'))
})
