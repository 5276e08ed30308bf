import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { Zone } from '#calc/zone.ts'
import { until } from '../support/installation.ts'
import { contextOf, launchChromium, openPage } from './chromium.ts'
import { suppressionsOf } from './fake-alarms.ts'
import { fakeServer, type FakeServer } from './fake-server.ts'

describe('what nobody is told of', () => {
  let browser: Browser
  let server: FakeServer
  before(async () => {
    browser = await launchChromium()
  })
  after(() => browser.close())
  beforeEach(async () => {
    server = await fakeServer()
  })

  test('the keyboard alone shelves an alarm, with an end and a reason, and brings it back', async () => {
    await using _server = server
    await using context = await contextOf(browser)
    const { page } = await openPage(context, `${server.url}/alarms`)
    await page.getByRole('button', { name: 'Suction pressure low', exact: true }).waitFor()
    for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowDown')
    await page.keyboard.press('s')
    const dialog = page.getByRole('dialog', { name: 'Shelve the alarm' })
    await dialog.waitFor()
    await page.locator('textarea:focus').waitFor()
    await page.keyboard.press('Enter')
    await dialog.getByText('Say why: it stands in the history.').waitFor()
    assert.equal(server.changes.length, 0, 'without a reason nothing is shelved')
    await dialog.getByRole('radio', { name: '4 h' }).check()
    await dialog.getByLabel('Reason').fill('Pump is being primed')
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'Shelved (2)' }).waitFor()
    assert.equal(await page.locator('tr[data-alarm="3"]').count(), 0, 'it left the active list')
    await page.locator('tr[data-alarm] [data-row-button]:focus').waitFor()
    const [change] = server.changes
    assert.ok(change)
    assert.equal(change.call, 'POST /api/rules/shelve')
    const { ruleIds, until, reason } = change.body as { ruleIds: number[]; until: number; reason: string }
    assert.deepEqual(ruleIds, [3])
    assert.equal(reason, 'Pump is being primed')
    const hours = (until / 1000 - Date.now()) / 3_600_000
    assert.ok(hours > 3.9 && hours < 4.1, `${hours} h`)

    await page.getByRole('link', { name: 'Shelved (2)' }).click()
    const item = page.locator('.hidden-item', { hasText: 'Suction pressure low' })
    await item.getByText('Pump is being primed').waitFor()
    await item.getByRole('button', { name: 'Bring back' }).press('Enter')
    await item.waitFor({ state: 'detached' })
    await page.locator('.hidden-action button:focus').waitFor()
    assert.deepEqual(server.changes.at(-1), { call: 'POST /api/rules/unshelve', csrf: 'test-token', body: { ruleIds: [3] } })
  })

  test('many at once, by the keyboard: shelved until a date and time of the site, and brought back together', async () => {
    await using _server = server
    await using context = await contextOf(browser)
    const { page, complaints } = await openPage(context, `${server.url}/alarms`)
    await page.getByRole('button', { name: 'Suction pressure low', exact: true }).waitFor()
    for (const key of ['ArrowDown', 'x', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'x']) await page.keyboard.press(key)
    await page.getByRole('button', { name: 'Acknowledge (1)' }).waitFor()
    await page.getByRole('button', { name: 'Shelve… (2)' }).press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Shelve 2 alarms' })
    await dialog.getByRole('radio', { name: 'Until…' }).press('Space')
    const end = dialog.getByLabel('Ends (time of Europe/Lisbon)')
    await end.fill('2020-01-01T06:00')
    await dialog.getByText('The end must lie in the future, within 7 days.').waitFor()
    await dialog.getByLabel('Reason').fill('Night works')
    await dialog.getByRole('button', { name: 'Shelve', exact: true }).press('Enter')
    assert.equal(server.changes.length, 0, 'not with an end that is over')
    const lisbon = new Zone('Europe/Lisbon')
    const local = Math.floor(lisbon.toLocal(Date.now() * 1000 + 30 * 3_600_000_000) / 60_000_000) * 60_000_000
    await end.fill(new Date(local / 1000).toISOString().slice(0, 16))
    await dialog.getByRole('button', { name: 'Shelve', exact: true }).press('Enter')
    await dialog.waitFor({ state: 'detached' })
    assert.deepEqual(server.changes.at(-1)?.body, { ruleIds: [1, 5], until: lisbon.resolve(local).earlier, reason: 'Night works' })

    await page.getByRole('link', { name: 'Shelved (3)' }).press('Enter')
    await page.getByLabel('Select all').press('Space')
    await page.getByLabel('Select Discharge pressure high').press('Space')
    await page.getByRole('button', { name: 'Bring back (2)' }).press('Enter')
    await page.getByRole('link', { name: 'Shelved (1)' }).waitFor()
    assert.deepEqual(server.changes.at(-1)?.body, { ruleIds: [1, 5] })
    assert.deepEqual(complaints, [])
  })

  test("somebody else's category is seen among the shelved, and cannot be brought back, alone or with all", async () => {
    await using _server = server
    const given = suppressionsOf(Date.now() * 1000)
    const [pattern] = given.shelves
    assert.ok(pattern)
    const shelf = (ruleId: number, name: string, category: string) => ({ ...pattern, ruleId, name, category })
    const shelves = [pattern, shelf(41, 'Battery low', 'Power/Battery'), shelf(42, 'Mains failed', 'Power')]
    await using own = await fakeServer((call) => (call === 'GET /api/suppressions' ? { body: { ...given, shelves } } : null))
    own.data.me = { ...own.data.me, role: 'operator', categories: ['Power'] }
    await using context = await contextOf(browser)
    const { page, complaints } = await openPage(context, `${own.url}/alarms?state=shelved`)
    const foreign = page.locator('.hidden-item', { hasText: pattern.name })
    await foreign.waitFor()
    assert.equal(await foreign.getByRole('button', { name: 'Bring back' }).count(), 0)
    assert.equal(await foreign.getByRole('checkbox').count(), 0)
    await page.getByLabel('Select all').check()
    await page.getByRole('button', { name: 'Bring back (2)' }).click()
    await until('the change', () => own.changes.at(-1))
    assert.deepEqual(own.changes.at(-1), { call: 'POST /api/rules/unshelve', csrf: 'test-token', body: { ruleIds: [41, 42] } })
    assert.deepEqual(complaints, [])
  })

  test('a thumb shelves from the card of a phone', async () => {
    await using _server = server
    await using context = await contextOf(browser, { phone: true })
    const { page } = await openPage(context, `${server.url}/alarms`)
    const card = page.locator('.alarm-card', { hasText: 'Reservoir level very high' })
    await card.getByRole('button', { name: 'Shelve…' }).tap()
    const dialog = page.getByRole('dialog', { name: 'Shelve the alarm' })
    await dialog.getByLabel('Reason').fill('Filling on purpose')
    await dialog.getByRole('button', { name: 'Shelve', exact: true }).tap()
    await card.waitFor({ state: 'detached' })
    assert.equal(server.changes.at(-1)?.call, 'POST /api/rules/shelve')
  })

  test('a device is taken out of service from its alarm and put back from the list', async () => {
    await using _server = server
    await using context = await contextOf(browser)
    const { page } = await openPage(context, `${server.url}/alarms`)
    await page.getByRole('button', { name: 'Take RS-01 out of service…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Take RS-01 out of service' })
    await dialog.getByRole('radio', { name: 'No end' }).check()
    await dialog.getByText('Stays until somebody puts it back').waitFor()
    await dialog.getByLabel('Reason').fill('Level sensor calibrated')
    await dialog.getByRole('button', { name: 'Take out of service', exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
    assert.deepEqual(server.changes.at(-1)?.body, { until: null, reason: 'Level sensor calibrated' })
    await page.getByRole('link', { name: 'Suppressed (4)' }).click()
    await page.getByRole('button', { name: 'Put back in service: RS-01' }).click()
    await page.getByRole('link', { name: 'Suppressed (3)' }).waitFor()
    assert.equal(server.changes.at(-1)?.call, 'DELETE /api/devices/3/maintenance')
    await page.getByText('Flood of alarms since').waitFor()
  })

  test('the page of a device says that it is out of service, puts it back, and takes it out again', async () => {
    await using _server = server
    await using context = await contextOf(browser, { phone: true })
    const { page } = await openPage(context, `${server.url}/devices/6`)
    await page.getByText('Dosing pump out for repair').waitFor()
    await page.getByRole('button', { name: 'Put back in service' }).tap()
    await page.getByRole('button', { name: 'Take CL-01 out of service…' }).tap()
    await page.getByRole('dialog').getByLabel('Reason').fill('Again')
    await page.getByRole('dialog').getByRole('button', { name: 'Take out of service', exact: true }).tap()
    await page.getByRole('button', { name: 'Put back in service' }).waitFor()
    assert.deepEqual(
      server.changes.map((change) => change.call),
      ['DELETE /api/devices/6/maintenance', 'PUT /api/devices/6/maintenance'],
    )
  })
})
