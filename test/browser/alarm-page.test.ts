import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { contextOf, launchChromium, openPage } from './chromium.ts'
import { fakeServer, type FakeServer } from './fake-server.ts'

describe('the page of an alarm', () => {
  let browser: Browser
  let server: FakeServer
  before(async () => {
    browser = await launchChromium()
  })
  after(() => browser.close())
  beforeEach(async () => {
    server = await fakeServer()
  })

  test('a phone at night: what it is, its way, acknowledged, commented on', async () => {
    await using _server = server
    await using context = await contextOf(browser, { phone: true })
    const { page } = await openPage(context, `${server.url}/alarms/1`)
    await page.getByRole('heading', { name: 'Reservoir level very high' }).waitFor()
    await page.getByText('+1.48 s').waitFor()
    await page.getByText('not so far').waitFor()
    await page.getByText('Valve is being replaced').waitFor()
    await page.getByText('30 s', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Acknowledge' }).tap()
    await page.getByRole('dialog').getByRole('button', { name: 'Acknowledge' }).tap()
    await page.getByText('Acknowledged · Platform: Ana Sousa').first().waitFor()
    // what has done its work is gone, and the next act has the focus
    await page.locator('.alarm-card-actions button:focus').waitFor()
    await page.getByLabel('Comment', { exact: true }).fill('Overflow valve opened')
    await page.getByRole('button', { name: 'Add the comment' }).tap()
    await page.getByRole('listitem').filter({ hasText: 'Overflow valve opened' }).waitFor()
    await page.locator('textarea:focus').waitFor()
    assert.deepEqual(
      server.changes.map(({ call, body }) => [call, body]),
      [
        ['POST /api/alarms/acknowledge', { ids: [1], comment: null }],
        ['POST /api/alarms/1/comments', { text: 'Overflow valve opened' }],
      ],
    )
  })

  test('an alarm that is not there, or not one’s own, is said so', async () => {
    await using _server = server
    await using context = await contextOf(browser)
    for (const id of ['999', 'x', '-1']) {
      const { page } = await openPage(context, `${server.url}/alarms/${id}`)
      await page.getByText('There is no such page').first().waitFor()
      await page.close()
    }
  })

  test('the measured path says what was measured, and no data where nothing was', async () => {
    await using _server = server
    await using context = await contextOf(browser)
    const { page } = await openPage(context, `${server.url}/alarm-path`)
    await page.locator('[data-leg="accept"]').getByText('1.48 s').waitFor()
    assert.equal(await page.locator('[data-leg="acknowledge"]').getByText('no data').count(), 3)
    await page.getByRole('radio', { name: 'Last week' }).check()
    await page.waitForURL(/span=week/)
    await page.getByRole('link', { name: 'Reservoir level very high' }).click()
    await page.waitForURL(/\/alarms\/1$/)
  })

  test('the filters of the history stand in its address, and so in the export', async () => {
    await using _server = server
    await using context = await contextOf(browser)
    const { page } = await openPage(context, `${server.url}/alarms?state=history`)
    await page.getByLabel('Category').selectOption({ label: '\u2003Levels' })
    await page.getByLabel('State', { exact: true }).selectOption('closed')
    await page.getByLabel('Period').selectOption('7d')
    await page.waitForURL(/category=Process/)
    await page.waitForURL(/period=7d/)
    await page.getByRole('button', { name: 'Export' }).press('Enter')
    for (const [name, path] of [
      ['CSV file', '/api/alarms.csv'],
      ['Excel workbook', '/api/alarms.xlsx'],
    ] as const) {
      const address = new URL((await page.getByRole('link', { name }).getAttribute('href')) ?? '', server.url)
      assert.equal(address.pathname, path)
      const given = ['state', 'category', 'is'].map((one) => address.searchParams.get(one))
      assert.deepEqual(given, ['history', 'Process/Levels', 'closed'])
      assert.ok(Date.now() - Number(address.searchParams.get('from')) / 1000 > 6.9 * 86_400_000)
    }
  })
})
