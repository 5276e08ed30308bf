import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { contextOf, launchChromium, openPage } from './chromium.ts'
import { fakeServer, type FakeServer } from './fake-server.ts'

/** Waits until the keyboard is somewhere in there. */
async function focusIn(page: Page, where: string): Promise<void> {
  await page.locator(`${where}:focus, ${where} :focus`).waitFor()
}

describe('alarms console', () => {
  let browser: Browser
  let server: FakeServer
  before(async () => {
    browser = await launchChromium()
  })
  after(() => browser.close())
  beforeEach(async () => {
    server = await fakeServer()
  })

  test('the keyboard alone acknowledges, with a comment, and the screen shows who', async () => {
    await using _server = server
    await using context = await contextOf(browser)
    const { page } = await openPage(context, `${server.url}/alarms`)
    await page.getByRole('button', { name: 'Suction pressure low', exact: true }).waitFor()
    assert.equal(await page.locator('.alarm-counter').getAttribute('data-unacknowledged'), '4')
    // The most urgent stands first; two steps down is the third.
    for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowDown')
    await page.keyboard.press('a')
    const dialog = page.getByRole('dialog', { name: 'Acknowledge the alarm' })
    await dialog.waitFor()
    await page.getByLabel('Comment (optional)').waitFor()
    await page.locator('textarea:focus').waitFor()
    assert.deepEqual(server.changes, [], 'the key alone changes nothing')
    await page.keyboard.type('Valve was closed')
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    await page.getByText('Acknowledged · Platform: Ana Sousa').waitFor()
    await page.locator('.alarm-counter[data-unacknowledged="3"]').waitFor()
    assert.deepEqual(server.changes, [
      { call: 'POST /api/alarms/acknowledge', csrf: 'test-token', body: { ids: [3], comment: 'Valve was closed' } },
    ])
    await focusIn(page, 'tr[data-alarm="3"]')
    await page.keyboard.press('Enter')
    await page.getByText('Who was told').waitFor()
    await focusIn(page, '[role="dialog"]')
    await page.keyboard.press('Escape')
    await focusIn(page, 'tr[data-alarm="3"]')
  })

  test('many at once: select all, acknowledge, nothing is left waiting', async () => {
    await using _server = server
    await using context = await contextOf(browser)
    const { page } = await openPage(context, `${server.url}/alarms`)
    await page.getByLabel('Select all that are not acknowledged').check()
    await page.getByRole('button', { name: 'Acknowledge (4)' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Acknowledge' }).click()
    await page.locator('.alarm-counter[data-unacknowledged="0"]').waitFor()
    assert.deepEqual(
      server.changes.map((change) => change.body),
      [{ ids: [1, 2, 3, 4], comment: null }],
    )
  })

  test('a phone acknowledges with one tap', async () => {
    await using _server = server
    await using context = await contextOf(browser, { phone: true })
    const { page } = await openPage(context, `${server.url}/alarms`)
    const card = page.locator('.alarm-card', { hasText: 'Reservoir level very high' })
    await card.getByRole('button', { name: 'Acknowledge: Reservoir level very high', exact: true }).tap()
    await card.getByText('Acknowledged · Platform: Ana Sousa').waitFor()
    assert.deepEqual(
      server.changes.map((change) => change.body),
      [{ ids: [1], comment: null }],
    )
  })

  test('a view is kept with its filters, and one that was kept narrows the list down as it did', async () => {
    await using _server = server
    await using context = await contextOf(browser)
    const { page, complaints } = await openPage(context, `${server.url}/alarms?state=history&severity=warning&period=8h`)
    await page.getByRole('button', { name: 'Saved views' }).press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Saved views' })
    await dialog.getByLabel('Save this view as').fill('Night shift')
    await dialog.getByLabel('Everybody sees it').check()
    await dialog.getByRole('button', { name: 'Save', exact: true }).press('Enter')
    await dialog.getByRole('button', { name: 'Save', exact: true, disabled: true }).waitFor()
    assert.deepEqual(server.changes.at(-1)?.body, {
      page: 'alarms',
      name: 'Night shift',
      shared: true,
      search: { state: 'history', severity: 'warning', period: '8h' },
    })
    await dialog.getByRole('button', { name: 'Critical of RS-01', exact: true }).press('Enter')
    await dialog.waitFor({ state: 'detached' })
    await page.waitForURL((url) => url.search === '?severity=critical&device=3&text=level')
    assert.equal(await page.getByLabel('Search', { exact: true }).inputValue(), 'level')
    assert.deepEqual(complaints, [])
  })

  test('somebody else acknowledges: the console shows it without being asked', async () => {
    await using _server = server
    await using context = await contextOf(browser)
    const { page } = await openPage(context, `${server.url}/alarms`)
    await page.locator('.live-state[data-state="live"]').waitFor()
    const [first, ...rest] = server.data.alarms
    assert.ok(first)
    server.data.alarms.splice(
      0,
      rest.length + 1,
      { ...first, acknowledgedAt: Date.now() * 1000, acknowledgedBy: 'Telegram: Tiago G.' },
      ...rest,
    )
    server.send({ type: 'alarms', ids: [first.id], counts: { ...server.data.counts, unacknowledged: 3 } })
    await page.locator('tr[data-alarm="1"]').getByText('Telegram: Tiago G.').waitFor()
    await page.locator('.alarm-counter[data-unacknowledged="3"]').waitFor()
  })

  test('opening an acknowledge link changes nothing; its button acknowledges and says by whom', async () => {
    await using _server = server
    await using context = await contextOf(browser, { phone: true })
    const { page } = await openPage(context, `${server.url}/a/one-time`)
    const button = page.getByRole('button', { name: 'Acknowledge' })
    await button.waitFor()
    assert.deepEqual(server.changes, [])
    await button.tap()
    await page.getByText('Acknowledged by Token: Tiago Gomes').waitFor()
    assert.equal(await button.count(), 0)
  })
})
