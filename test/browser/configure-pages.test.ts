import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, BrowserContext } from 'playwright-core'
import { contextOf, launchChromium, NOWHERE, openPage, walkTo } from './chromium.ts'
import { faultsOf } from './inspect.ts'
import { type RealPlant, realPlant } from './real-plant.ts'

const PAGES = [
  '',
  '/devices',
  '/devices/new',
  '/devices/4',
  '/brokers',
  '/sheets',
  '/rules',
  '/curves',
  '/curves/new',
  '/kpis',
  '/contacts',
  '/escalation',
  '/templates',
  '/guide',
  '/gateways',
  '/users',
  '/site',
  '/storage',
  '/import',
  '/services',
  '/plant',
  '/records',
]
const LOGIN = { login: 'ana', password: 'correct horse battery' }

describe('configuration on the real server', () => {
  const kept = new AsyncDisposableStack()
  let plant: RealPlant
  let browser: Browser
  before(async () => {
    plant = kept.use(
      await realPlant(['demo', 'broker', 'driver-modbus', 'driver-iec104', 'driver-mqtt', 'driver-opcua', 'driver-csv', 'api']),
    )
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
    await page.goto(plant.url)
    await page.locator('.kpi .value[data-state="fresh"]').first().waitFor()
  })
  after(async () => await kept.disposeAsync())

  async function loggedIn(phone: boolean): Promise<BrowserContext> {
    const context = await contextOf(browser, { phone })
    const reply = await context.request.post(`${plant.url}/api/login`, { data: LOGIN })
    assert.ok(reply.ok(), await reply.text())
    return context
  }

  for (const phone of [false, true]) {
    test(`every page: axe, width, complaints (${phone ? 'phone' : 'desktop'})`, async () => {
      await using context = await loggedIn(phone)
      const faults: string[] = []
      const tab = await openPage(context, plant.url + NOWHERE)
      const { page, complaints } = tab
      for (const path of PAGES) {
        await walkTo(tab, `/config${path}`)
        await page.locator('.live-state[data-state="live"]').waitFor()
        faults.push(...(await faultsOf(page, `config${path.replaceAll('/', '-')}`)))
        faults.push(...complaints.splice(0).map((text) => `${path}: ${text}`))
      }
      assert.deepEqual(faults, [])
    })
  }
})
