import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { TestServer } from '../support/opcua-server.ts'
import { contextOf, launchChromium, openPage } from './chromium.ts'
import { picture } from './inspect.ts'
import { type RealPlant, realPlant } from './real-plant.ts'

const LOGIN = { login: 'ana', password: 'correct horse battery' }
const VARIABLES = 352

describe('a secured OPC UA server, from nothing to live values, on screen', () => {
  const kept = new AsyncDisposableStack()
  let plant: RealPlant
  let browser: Browser
  let server: TestServer
  before(async () => {
    server = kept.use(await TestServer.start({ variables: VARIABLES, secure: true, limits: { read: 50, browse: 50 } }))
    plant = kept.use(await realPlant(['driver-opcua', 'api']))
    browser = kept.use(await launchChromium())
    await using context = await contextOf(browser)
    const { page } = await openPage(context, plant.url)
    const body = {
      token: plant.setupToken,
      ...LOGIN,
      displayName: 'Ana Sousa',
      siteName: 'Riverside Water',
      timeZone: 'Europe/Lisbon',
      language: 'en',
    }
    const reply = await page.request.post(`${plant.url}/api/setup`, { data: body })
    assert.ok(reply.ok(), await reply.text())
  })
  after(async () => await kept.disposeAsync())

  async function loggedIn(phone: boolean): Promise<BrowserContext> {
    const context = await contextOf(browser, { phone })
    const reply = await context.request.post(`${plant.url}/api/login`, { data: LOGIN })
    assert.ok(reply.ok(), await reply.text())
    return context
  }
  const shot = (page: Page, name: string): Promise<void> => picture(page, `real-opcua-${name}`)

  test('endpoints asked, certificate trusted, connection tested, 352 variables chosen and added with the device', async () => {
    await using context = await loggedIn(false)
    const { page } = await openPage(context, `${plant.url}/config/devices/new`)
    await page.getByLabel('Protocol').selectOption('opcua')
    await page.getByLabel(/^Code/).fill('PLC-1')
    await page.getByLabel(/^Endpoint URL/).fill(`opc.tcp://127.0.0.1:${server.port}`)
    await page.getByRole('button', { name: 'Ask the server what it offers' }).click()
    await page.getByRole('button', { name: /^Use Basic256Sha256 Sign$/ }).click()
    await page.getByRole('button', { name: /^Use Basic256Sha256 SignAndEncrypt$/ }).click()
    await page.getByRole('button', { name: 'Test Connection' }).click()
    await page.getByText('The test did not succeed.').waitFor()
    await shot(page, 'untrusted')
    await page.getByRole('button', { name: 'Trust this certificate' }).first().click()
    await page.getByText('1 trusted server certificate').waitFor()
    // the other side has to trust us too: its administrator imports what we export
    await page.getByText('Our certificate').click()
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'DER' }).click()])
    await server.certificates.trustCertificate(await readFile(await download.path()))
    await page.getByRole('button', { name: 'Test Connection' }).click()
    await page.getByText('The device answers.').waitFor()
    await shot(page, 'tested')

    const began = performance.now()
    await page.getByRole('button', { name: 'Browse' }).click()
    await page.getByLabel('Search by name or path').fill('P0')
    await page.getByRole('treeitem', { name: /P0001/ }).waitFor()
    await page.getByRole('button', { name: 'Tick all found' }).click()
    await page.getByText(`${VARIABLES} chosen`).first().waitFor()
    await shot(page, 'browse')
    await page.getByRole('button', { name: `Add ${VARIABLES} tags` }).click()
    await page.getByRole('button', { name: 'Add device' }).click()
    await page.getByRole('heading', { name: /^PLC-1/ }).waitFor()
    console.log(`browse, choose and import of ${VARIABLES} variables: ${((performance.now() - began) / 1000).toFixed(1)} s`)
    const [tags] = await plant.database.db.query<{ count: number }>('select count(*)::int as count from tags')
    assert.equal(tags?.count, VARIABLES)
  })

  test('its values are live, and the diagnostics say what was agreed', async () => {
    await using context = await loggedIn(true)
    const { page } = await openPage(context, `${plant.url}/devices/1`)
    server.set('P0001', 41.5)
    await page.locator('.value[data-state="fresh"]').filter({ hasText: '41.50' }).waitFor()
    await page.getByText('sent by the device').waitFor()
    await shot(page, 'live-phone')
    await page.getByRole('link', { name: 'Diagnostics' }).click()
    await page.getByText('Agreed with the device').waitFor()
    await page.getByText('the device sends by itself').waitFor()
    await picture(page, 'real-opcua-diagnostics-phone', { whole: true })
    await page.getByRole('tab', { name: 'Frame log' }).click()
    await page.locator('.frame-row').first().waitFor()
    await shot(page, 'frames-phone')
  })

  test('from the saved device: what is a tag already is marked so', async () => {
    await using context = await loggedIn(false)
    const { page } = await openPage(context, `${plant.url}/config/devices/1`)
    await page.getByRole('button', { name: 'Browse' }).click()
    await page.getByLabel('Search by name or path').fill('P0007')
    await page.getByRole('treeitem', { name: /P0007.*is a tag/ }).waitFor()
  })
})
