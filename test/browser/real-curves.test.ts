import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRequest } from '#store/requests.ts'
import { contextOf, launchChromium, openPage } from './chromium.ts'
import { picture } from './inspect.ts'
import { type RealPlant, realPlant } from './real-plant.ts'

/** Six hours of the booster station, whose pressure falls with the flow; for ten minutes, three hours ago, it lifted a bar less. */
async function giveHistory({ database: { db } }: RealPlant): Promise<void> {
  await db.query(
    `insert into late_samples (tag_id, time_stamp, value, quality)
     select t.id, at, case t.name when 'Flow' then flow else 5.1 - 0.0042 * flow + 0.02 * sin(n) - case when n between 2160 and 2280 then 1 else 0 end end, 0
     from (select n, now() - interval '6 hours' + n * interval '5 s' as at, 60 + 50 * (1 + sin(n / 300.0)) as flow from generate_series(0, 4200) n) s,
       tags t join devices d on d.id = t.device_id
     where d.code = 'PS-01' and t.name in ('Flow', 'Discharge pressure')`,
  )
}

test('an engineer makes a pump curve from measured points, tries it on history, saves it, and sees the alarm when the pump wears', async () => {
  await using plant = await realPlant(['demo', 'driver-modbus', 'alarm', 'api'])
  await using browser = await launchChromium()
  await using tab = await contextOf(browser)
  const data = { login: 'ana', password: 'correct horse battery', displayName: 'Ana Sousa', siteName: 'Riverside Water' }
  const setUp = await tab.request.post(`${plant.url}/api/setup`, {
    data: { token: plant.setupToken, ...data, timeZone: 'Europe/Lisbon', language: 'en' },
    headers: { origin: plant.url },
  })
  assert.ok(setUp.ok(), await setUp.text())
  const { page, complaints } = await openPage(tab, plant.url)
  await page.locator('.kpi .value[data-state="fresh"]').nth(2).waitFor()
  await giveHistory(plant)

  await page.goto(`${plant.url}/config/curves`)
  await page.getByRole('button', { name: 'Add a curve' }).first().click()
  await page.getByRole('combobox', { name: 'X: tag' }).fill('PS-01:Flow')
  await page.keyboard.press('Escape')
  await page.getByRole('combobox', { name: 'Y: tag' }).fill('PS-01:Discharge pressure')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Make from measured points' }).click()
  await page.getByLabel('Point 8:').waitFor()
  // a point is moved by mouse and by keys, and both are undone
  const point = page.getByLabel('Point 4:')
  const made = await point.getAttribute('aria-label')
  const place = await point.boundingBox()
  assert.ok(place !== null)
  await page.mouse.move(place.x + 16, place.y + 16)
  await page.mouse.down()
  await page.mouse.move(place.x + 20, place.y - 40, { steps: 4 })
  await page.mouse.up()
  assert.notEqual(await point.getAttribute('aria-label'), made)
  await page.getByRole('button', { name: 'Undo' }).click()
  assert.equal(await point.getAttribute('aria-label'), made)
  await point.focus()
  await page.keyboard.press('ArrowUp')
  assert.notEqual(await point.getAttribute('aria-label'), made)
  await page.keyboard.press('Control+z')
  assert.equal(await point.getAttribute('aria-label'), made)
  await page.getByLabel('Tolerance ±').fill('8')

  // it has no name yet
  await page.getByRole('button', { name: 'Try on history' }).press('Enter')
  await page.locator('#back-test:focus').waitFor()
  const alarms = page.locator('.back-test-figures > div', { hasText: 'Alarms' }).locator('strong')
  await alarms.getByText('1', { exact: true }).waitFor()
  await page.locator('.back-test .pens-chart canvas').waitFor()
  await picture(page, 'real-curve-editor', { whole: true })
  // a band that is wide enough would never have raised: it says so at once
  await page.getByLabel('Tolerance ±').fill('60')
  await alarms.getByText('0', { exact: true }).waitFor()
  await page.getByLabel('Tolerance ±').fill('8')
  await page.getByLabel('Name', { exact: false }).first().fill('Booster pump')
  await page.getByRole('button', { name: 'Save' }).click()

  await page.getByRole('button', { name: 'Add an alarm' }).click()
  // its form comes a moment later: the dialog begins at the first field all the same
  await page.getByRole('dialog').locator(':is(input, select, textarea):focus').waitFor()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('What the operator reads').fill('Booster pump off its curve')
  await dialog.getByRole('button', { name: 'Try on history' }).click()
  await dialog.locator('.back-test-figures').waitFor()
  await picture(page, 'real-curve-rule')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('cell', { name: 'Booster pump off its curve', exact: true }).waitFor()

  await createRequest(plant.database.db, { kind: 'fault', target: 'demo', body: { device: 'PS-01', fault: 'worn', seconds: 600 } })
  await page.goto(`${plant.url}/alarms`)
  await page.getByText('Booster pump off its curve').first().waitFor()
  await page.goto(`${plant.url}/curves?span=8h`)
  await page.locator('.verdict[data-verdict="outside"]').first().waitFor()
  await page.locator('.curve-chart canvas').waitFor()
  await picture(page, 'real-curves', { whole: true })
  assert.deepEqual(complaints, [])
})
