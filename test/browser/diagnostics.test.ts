import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { contextOf, launchChromium, openPage } from './chromium.ts'
import { deviceAnswers } from './fake-devices.ts'
import { fakeServer, type FakeServer } from './fake-server.ts'
import { faultsOf } from './inspect.ts'

describe('diagnostics of a device', () => {
  let server: FakeServer
  let browser: Browser
  before(async () => {
    server = await fakeServer(await deviceAnswers())
    browser = await launchChromium()
  })
  after(async () => {
    await browser.close()
    await server[Symbol.asyncDispose]()
  })

  for (const phone of [false, true]) {
    const size = phone ? 'phone' : 'desktop'
    test(`figures, frames, events (${size})`, async () => {
      await using context = await contextOf(browser, { phone })
      const { page, complaints } = await openPage(context, `${server.url}/devices/4/diagnostics`)
      await page.getByText('Check the cable, and whether another program').waitFor()
      await page.getByText('93.4% spared').waitFor()
      assert.deepEqual(await faultsOf(page, 'diagnostics', { whole: true }), [])

      await page.getByRole('tab', { name: 'Frame log' }).click()
      const rows = page.locator('.frame-row')
      await rows.first().waitFor()
      await rows.last().click()
      await page.locator('.frame-bytes textarea').waitFor()
      assert.deepEqual(await faultsOf(page, 'diagnostics-frames'), [])

      await page.getByRole('tab', { name: 'Completeness' }).click()
      await page.getByText('The driver process was not running').waitFor()
      await page.getByText('97.31%').first().waitFor()
      assert.deepEqual(await faultsOf(page, 'diagnostics-completeness'), [])

      await page.getByRole('tab', { name: 'Status' }).click()
      await page.locator('.status-list li', { hasText: 'No communication' }).getByText('2 h').waitFor()
      assert.deepEqual(await faultsOf(page, 'diagnostics-status'), [])

      await page.getByRole('tab', { name: 'Events' }).click()
      await page.getByText('The device answers again').waitFor()
      assert.deepEqual(await faultsOf(page, 'diagnostics-events'), [])
      assert.deepEqual(complaints, [])
    })
  }

  test('the log goes on, rests when it is told to, is filtered and saved for a colleague', async () => {
    await using context = await contextOf(browser)
    const { page } = await openPage(context, `${server.url}/devices/4/diagnostics`)
    await page.getByRole('tab', { name: 'Frame log' }).click()
    const newest = (): Promise<string> => page.locator('.frame-row .frame-text').last().innerText()
    await page.locator('.frame-row').first().waitFor()
    const first = await newest()
    const deadline = performance.now() + 10_000
    while ((await newest()) === first) assert.ok(performance.now() < deadline, 'no new frame')
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByLabel('Filter by words or bytes').fill('41 c8 41')
    await page.getByText('Read 20 holding').first().waitFor({ state: 'detached' })
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as a file' }).click()])
    assert.equal(download.suggestedFilename(), 'FM-01-frames.txt')
    const text = await readFile(await download.path(), 'utf8')
    assert.match(text, /Device: FM-01 Flow meter \(modbus\)/)
    assert.match(text, /Last error: .*No answer from/)
    assert.match(text, /<-- 29 B 20 registers/)
    assert.doesNotMatch(text, /-->/)
  })

  test('it can be tried now; a driver that is gone is told as such, its figures no longer as current', async () => {
    await using context = await contextOf(browser)
    let gone = false
    await context.route('**/diagnostics', (route) =>
      gone
        ? route.fulfill({
            status: 504,
            json: {
              code: 'driver_timeout',
              message: 'The process driver-modbus did not answer within 8 s.',
              remedy: 'See whether it is running.',
              field: '',
              requestId: 'x',
            },
          })
        : route.continue(),
    )
    const { page } = await openPage(context, `${server.url}/devices/4/diagnostics`)
    await page.getByText('93.4% spared').waitFor()
    await page.getByRole('button', { name: 'Try now' }).click()
    await page.getByText('It is tried now.').waitFor()
    assert.ok(server.changes.some(({ call }) => call === 'POST /api/devices/4/retry'))
    gone = true
    await page.getByText('did not answer within 8 s').waitFor()
    assert.equal(await page.locator('.diag-cards').getAttribute('data-old'), 'true')
  })
})
