import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, BrowserContext } from 'playwright-core'
import { DataType } from '#drivers/mqtt/core/sparkplug-payload.ts'
import { SimulatedSparkplugNode } from '../../simulator/sparkplug-node.ts'
import { type Mosquitto, startMosquitto } from '../support/mosquitto.ts'
import { contextOf, launchChromium, openPage } from './chromium.ts'
import { picture } from './inspect.ts'
import { type RealPlant, realPlant } from './real-plant.ts'

const LOGIN = { login: 'ana', password: 'correct horse battery' }

describe("what Debian's mosquitto carries, from nothing to live values, on screen", () => {
  const kept = new AsyncDisposableStack()
  let plant: RealPlant
  let browser: Browser
  let broker: Mosquitto
  before(async () => {
    broker = kept.use(await startMosquitto())
    plant = kept.use(await realPlant(['driver-mqtt', 'api']))
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

  async function loggedIn(phone = false): Promise<BrowserContext> {
    const context = await contextOf(browser, { phone })
    const reply = await context.request.post(`${plant.url}/api/login`, { data: LOGIN })
    assert.ok(reply.ok(), await reply.text())
    return context
  }

  test('a broker added and tested on the spot, a value inside a JSON payload becomes a tag', async () => {
    await using context = await loggedIn()
    const { page } = await openPage(context, `${plant.url}/config/devices/new`)
    await page.getByLabel('Protocol').selectOption('mqtt')
    await page.getByLabel(/^Code/).fill('PUMP-1')
    await page.getByRole('button', { name: 'Add a broker' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(/^Code/).fill('PLANT')
    await dialog.getByLabel(/^Host/).fill('127.0.0.1')
    await dialog.getByLabel(/^Port/).fill(String(broker.port))
    await dialog.getByRole('button', { name: 'Test Connection' }).click()
    await dialog.getByText('The device answers.').waitFor()
    await picture(page, 'real-mqtt-broker')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })

    await broker.publish('plant/pump1/state', '{"flow":{"value":12.5,"unit":"m3/h"},"running":true}', '-r')
    await page.getByRole('button', { name: 'Browse' }).click()
    const fold = (name: RegExp): Promise<void> => page.getByRole('treeitem', { name }).locator('[data-part=fold]').click()
    await fold(/^plant/)
    await fold(/^pump1/)
    // what comes while somebody looks appears by itself
    await broker.publish('plant/pump1/level', '3.91', '-r')
    await page.getByRole('treeitem', { name: /^level/ }).waitFor()
    await fold(/^state/)
    await fold(/^flow/)
    await page
      .getByRole('treeitem', { name: /^value.*12\.5/ })
      .locator('[data-part=tick]')
      .click()
    await page
      .getByRole('treeitem', { name: /^level/ })
      .locator('[data-part=tick]')
      .click()
    await page.getByText('2 chosen').first().waitFor()
    await picture(page, 'real-mqtt-browse')
    await page.getByRole('button', { name: 'Add 2 tags' }).click()
    await page.getByRole('button', { name: 'Add device' }).click()
    await page.getByRole('heading', { name: /^PUMP-1/ }).waitFor()
    await broker.publish('plant/pump1/state', '{"flow":{"value":13.25,"unit":"m3/h"},"running":true}', '-r')
    await page.goto(`${plant.url}/devices/1`)
    await page.locator('.value[data-state="fresh"]').filter({ hasText: '13.25' }).waitFor()
  })

  test('a Sparkplug device is found by browsing the broker: its metrics tell where it is', async () => {
    await using node = await SimulatedSparkplugNode.start({
      url: `mqtt://127.0.0.1:${broker.port}`,
      groupId: 'North',
      edgeNodeId: 'G1',
      metrics: [],
      devices: { Pump2: [{ name: 'Outputs/Speed', dataType: DataType.Double, value: 1450 }] },
    })
    await using context = await loggedIn()
    const { page } = await openPage(context, `${plant.url}/config/devices/new`)
    await page.getByLabel('Protocol').selectOption('mqtt')
    await page.getByLabel(/^Code/).fill('PUMP-2')
    await page.getByLabel(/^MQTT broker/).selectOption('PLANT')
    await page.getByLabel('Kind').selectOption('sparkplug')
    await page.getByRole('button', { name: 'Browse' }).click()
    const fold = (name: RegExp): Promise<void> => page.getByRole('treeitem', { name }).locator('[data-part=fold]').click()
    // a broker tells nobody who is there: a node is heard when it next speaks
    await page.getByText('The device offers nothing here.').waitFor()
    await node.set('Pump2', 'Outputs/Speed', 1460)
    await fold(/^North/)
    await fold(/^G1/)
    await fold(/^Pump2/)
    await fold(/^Outputs/)
    await page
      .getByRole('treeitem', { name: /^Speed.*1460/ })
      .locator('[data-part=tick]')
      .click()
    await picture(page, 'real-mqtt-sparkplug')
    await page.getByRole('button', { name: 'Add 1 tag' }).click()
    assert.equal(await page.getByLabel('Edge node id').inputValue(), 'G1')
    assert.equal(await page.getByLabel('Device id').inputValue(), 'Pump2')
    await page.getByRole('button', { name: 'Add device' }).click()
    await page.getByRole('heading', { name: /^PUMP-2/ }).waitFor()
    assert.ok(node.rebirths > 0, 'looking into it asked for its births')
    await page.goto(`${plant.url}/devices/2`)
    await page.locator('.value[data-state="fresh"]').filter({ hasText: '1,460' }).waitFor()
  })
})
