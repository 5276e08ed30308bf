import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { contextOf, launchChromium, openPage } from './chromium.ts'
import { picture } from './inspect.ts'
import { realPlant } from './real-plant.ts'

/** Runs in the page, with its session. */
const ADD_A_RULE_THAT_IS_ALWAYS_TRUE = `(async () => {
  const { me, devices, tags } = await (await fetch('/api/bootstrap')).json()
  const device = devices.find((one) => one.code === 'PS-01')
  const tagId = tags.find((tag) => tag.deviceId === device.id && tag.kind === 'analog').id
  const body = JSON.stringify({ tagId, name: 'Always true', operator: '>', setpoint: -1e9, severity: 'critical' })
  const headers = { 'content-type': 'application/json', 'x-csrf-token': me.csrf }
  const reply = await fetch('/api/rules', { method: 'POST', headers, body })
  if (!reply.ok) throw new Error(await reply.text())
})()`

test('a fresh installation: the set-up link, the demo plant alive, its values moving, its alarms acknowledged', async (context) => {
  await using plant = await realPlant(['demo', 'driver-modbus', 'alarm', 'api'])
  await using browser = await launchChromium()
  await using tab = await contextOf(browser)
  const { page, complaints } = await openPage(tab, `${plant.url}/setup?token=${plant.setupToken}`)
  try {
    await page.getByLabel('Name of the site').fill('Riverside Water')
    await page.getByLabel('Your name').fill('Ana Sousa')
    await page.getByLabel('User name').fill('ana')
    await page.getByLabel('New password').fill('correct horse battery')
    await page.getByRole('button', { name: 'Begin' }).click()

    await page.getByRole('heading', { name: 'Home' }).waitFor()
    await page.getByText('You are looking at the demo plant').waitFor()
    await page.locator('.live-state[data-state="live"]').waitFor()
    await page.locator('.kpi .value[data-state="fresh"]').nth(2).waitFor()
    await picture(page, 'real-home')

    await page.locator('.side-nav').getByText('Devices').click()
    await page.locator('table .status[data-status="online"]').first().waitFor()
    await picture(page, 'real-devices')
    await page.locator('table a', { hasText: 'PS-01' }).click()
    const values = page.locator('.tile .value[data-state="fresh"]')
    await values.nth(2).waitFor()
    const texts = async (): Promise<string> => (await values.allTextContents()).join('|')
    const first = await texts()
    const moved = async (): Promise<boolean> => (await texts()) !== first
    const deadline = performance.now() + 30_000
    while (!(await moved())) {
      assert.ok(performance.now() < deadline, 'no value moved in 30 s')
      await delay(20)
    }
    await picture(page, 'real-device')

    await page.evaluate(ADD_A_RULE_THAT_IS_ALWAYS_TRUE)
    await page.locator('.side-nav').getByText('Alarms').click()
    const row = page.locator('tr', { hasText: 'Always true' })
    await row.getByText('Not acknowledged').waitFor()
    await picture(page, 'real-alarms')
    await row.getByRole('button', { name: 'Always true', exact: true }).focus()
    await page.keyboard.press('a')
    await page.getByLabel('Comment (optional)').fill('Seen')
    await page.keyboard.press('Enter')
    await row.getByText('Acknowledged · Platform: Ana Sousa').waitFor()

    await page.locator('.side-nav').getByText('Devices').click()
    await page.locator('table a', { hasText: 'PS-01' }).click()
    await values.first().waitFor()
    await plant.kill('api')
    await page.locator('.live-state[data-state="lost"]').waitFor()
    assert.equal(await page.locator('.value[data-state="fresh"]').count(), 0)
  } catch (error) {
    context.diagnostic(plant.log())
    throw error
  }
  assert.deepEqual(
    complaints.filter((text) => !/ERR_CONNECTION|WebSocket/.test(text)),
    [],
  )
})
