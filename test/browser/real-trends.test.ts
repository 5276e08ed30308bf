import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import readExcelFile from 'read-excel-file/node'
import { contextOf, launchChromium, openPage } from './chromium.ts'
import { picture } from './inspect.ts'
import { realPlant } from './real-plant.ts'
import { until } from '../support/installation.ts'

/** Runs in the page, with its session: the first analog tags of a device of the demo, of two units. */
const TAGS = `(async () => {
  const { devices, tags } = await (await fetch('/api/bootstrap')).json()
  const device = devices.find((one) => one.code === 'PS-01')
  const own = tags.filter((tag) => tag.deviceId === device.id && tag.kind === 'analog')
  const other = own.find((tag) => tag.unit !== own[0].unit)
  return [own[0].id, other.id]
})()`

test('trends of a real plant: a driver that was killed leaves a gap with its cause; a note, a saved view, an Excel file', async () => {
  await using plant = await realPlant(['demo', 'driver-modbus', 'alarm', 'api'])
  await using browser = await launchChromium()
  await using tab = await contextOf(browser)
  const { page, complaints } = await openPage(tab, `${plant.url}/setup?token=${plant.setupToken}`)
  await page.getByLabel('Name of the site').fill('Riverside Water')
  await page.getByLabel('Your name').fill('Ana Sousa')
  await page.getByLabel('User name').fill('ana')
  await page.getByLabel('New password').fill('correct horse battery')
  await page.getByRole('button', { name: 'Begin' }).click()
  await page.locator('.kpi .value[data-state="fresh"]').nth(2).waitFor()

  const { db } = plant.database
  await plant.kill('driver-modbus')
  await until(
    'it was away for a while',
    async () => (await db.query(`select from sources where source = 'driver-modbus' and received_at < now() - interval '9 s'`))[0],
    60_000,
  )
  plant.start('driver-modbus')
  const gap = `select from gaps g join devices d on d.id = g.device_id where d.code = 'PS-01' and g.cause = 'process' and g.to_at is not null`
  await until('the gap', async () => (await db.query(gap))[0])

  const tags = await page.evaluate<number[]>(TAGS)
  await page.goto(`${plant.url}/trends?tags=${JSON.stringify(tags)}&span=15m`)
  await page.locator('.pens-chart canvas').waitFor()
  // what is asked for is never answered again: the last value changes by what the stream brings
  await page.getByLabel('Refresh').selectOption('push')
  await page.locator('.pen-table td.strong').first().waitFor()
  await page.route('**/api/trend?*', () => undefined)
  const lastValues = async (): Promise<string> => (await page.locator('.pen-table td.strong').allTextContents()).join(' ')
  const seen = new Set<string>()
  await until('three values that were pushed', async () => (seen.add(await lastValues()).size > 3 ? true : undefined))
  await page.unroute('**/api/trend?*')

  // the cursor walks back from now by keys until it stands in the gap
  const slider = page.getByRole('slider')
  await slider.focus()
  const cause = page.getByText('PS-01: The driver process was not running').first()
  for (let step = 0; step < 400 && !(await cause.isVisible()); step += 1) await page.keyboard.press('ArrowLeft')
  await cause.waitFor({ timeout: 1000 })
  await picture(page, 'real-trends')

  await page.getByRole('button', { name: 'Add a note' }).click()
  await page.getByLabel('What happened?').fill('Power cut in the cabinet')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.locator('.note-list').getByText('Power cut in the cabinet').waitFor()

  await page.getByRole('button', { name: 'Saved views' }).click()
  await page.getByLabel('Save this view as').fill('Pump station')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('button', { name: 'Pump station', exact: true }).waitFor()
  await page.keyboard.press('Escape')
  await page.goto(`${plant.url}/trends`)
  await page.getByRole('button', { name: 'Saved views' }).click()
  await page.getByRole('button', { name: 'Pump station', exact: true }).click()
  await page.locator('.note-list').getByText('Power cut in the cabinet').waitFor()
  await picture(page, 'real-trends-note', { whole: true })

  await page.getByRole('button', { name: 'Export' }).click()
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Excel file' }).click()
  const [sheet] = await readExcelFile(await readFile(await (await saved).path()))
  const [title, ...rows] = sheet?.data ?? []
  assert.match(String(title?.[0]), /^Time \(/)
  assert.equal(title?.length, 3)
  assert.ok(rows.length >= 3 && rows.every(([time]) => time instanceof Date), JSON.stringify(rows.slice(0, 3)))
  assert.ok(rows.some(([, value]) => typeof value === 'number'))

  await using phone = await contextOf(browser, { phone: true, dark: true })
  await phone.addCookies(await tab.cookies())
  const small = await openPage(phone, `${plant.url}/trends?tags=${JSON.stringify(tags)}&span=15m`)
  await small.page.locator('.pens-chart canvas').waitFor()
  await small.page.locator('.note-list').getByText('Power cut in the cabinet').waitFor()
  await picture(small.page, 'real-trends-phone', { whole: true })
  assert.deepEqual([...complaints, ...small.complaints], [])
})
