import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { contextOf, launchChromium, openPage } from './chromium.ts'
import { fakeServer } from './fake-server.ts'

describe('a screen that does not lie', () => {
  let browser: Browser
  before(async () => {
    browser = await launchChromium()
  })
  after(() => browser.close())

  test('the stream breaks: reconnecting at once, then not live and every value struck; it comes back by itself', async () => {
    await using server = await fakeServer()
    await using context = await contextOf(browser)
    const { page } = await openPage(context, `${server.url}/devices/1`)
    const state = (name: string) => page.locator(`.live-state[data-state="${name}"]`).waitFor()
    await state('live')
    assert.equal(await page.locator('.value[data-state="fresh"]').count(), 6)
    server.cutStream(true)
    await state('reconnecting')
    await state('lost')
    await page.getByText('nothing on this screen is current').waitFor()
    assert.equal(await page.locator('.value[data-state="lost"]').count(), 6)
    assert.equal(await page.locator('.value[data-state="fresh"]').count(), 0)
    assert.match((await page.locator('.alarm-counter').textContent()) ?? '', /Not current/)
    server.cutStream(false)
    await state('live')
    await page.locator('.value[data-state="fresh"]').nth(5).waitFor()
  })

  test('a value moves without a reload, and only where it changed', async () => {
    await using server = await fakeServer()
    await using context = await contextOf(browser)
    const { page } = await openPage(context, `${server.url}/devices/1`)
    await page.locator('.live-state[data-state="live"]').waitFor()
    const before = await page.locator('[data-tag="2"]').textContent()
    server.send({ type: 'values', snapshot: false, values: [[1, 1234.56, 0, Date.now() * 1000]] })
    await page.locator('[data-tag="1"]', { hasText: '1,234.6' }).waitFor()
    assert.equal(await page.locator('[data-tag="2"]').textContent(), before)
  })

  test('the alarm process is silent: the page says that alarms are not judged', async () => {
    await using server = await fakeServer()
    await using context = await contextOf(browser)
    const { page } = await openPage(context, server.url)
    await page.locator('.live-state[data-state="live"]').waitFor()
    server.alarmsSilentFor = 6
    await page.getByText('Alarms have not been judged for 6 s').waitFor()
  })

  test('a page that cannot be opened while the database is away opens by itself when it is back', async () => {
    let away = true
    const body = { code: 'store_unavailable', message: 'The database does not answer.', remedy: null, field: '', requestId: 'test-1' }
    await using server = await fakeServer((call) => (away && call === 'GET /api/bootstrap' ? { status: 503, body } : null))
    await using context = await contextOf(browser, { phone: true })
    const { page } = await openPage(context, `${server.url}/alarms`)
    await page.getByText('The database does not answer.').waitFor()
    away = false
    await page.getByRole('heading', { name: 'Alarms' }).waitFor()
  })

  test('the clock of this device is wrong by hours: ages are right all the same', async () => {
    await using server = await fakeServer()
    await using context = await contextOf(browser)
    await context.clock.install({ time: Date.now() + 3 * 3_600_000 })
    const { page } = await openPage(context, `${server.url}/devices/1`)
    await page.locator('.value[data-state="fresh"]').nth(5).waitFor()
    assert.equal(await page.locator('.value[data-state="stale"]').count(), 0)
  })

  test('the session ends: log in, and back to where one was', async () => {
    await using server = await fakeServer()
    await using context = await contextOf(browser)
    server.loggedIn = false
    const { page } = await openPage(context, `${server.url}/alarms?state=history`)
    await page.getByLabel('User name').fill('ana')
    await page.getByLabel(/^Password/).fill('wrong')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('User name or password is wrong.').waitFor()
    await page.getByLabel(/^Password/).fill('correct horse battery')
    await page.keyboard.press('Enter')
    await page.waitForURL(`${server.url}/alarms?state=history`)
  })

  test('a browser that speaks Portuguese sees Portuguese before anybody logs in', async () => {
    await using server = await fakeServer()
    await using context = await contextOf(browser, { locale: 'pt-BR' })
    server.loggedIn = false
    const { page } = await openPage(context, server.url)
    await page.getByRole('heading', { name: 'Iniciar sessão' }).waitFor()
    assert.equal(await page.evaluate<string>('document.documentElement.lang'), 'pt')
  })

  test('one click removes the demo, after a question', async () => {
    await using server = await fakeServer()
    await using context = await contextOf(browser)
    const { page } = await openPage(context, server.url)
    await page.getByRole('button', { name: 'Remove the demo' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove the demo' }).click()
    await page.getByText('The demo plant is removed.').waitFor()
    assert.deepEqual(
      server.changes.map((change) => change.call),
      ['DELETE /api/demo'],
    )
  })
})
