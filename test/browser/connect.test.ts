import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { PROTOCOLS } from '#drivers/catalogue.ts'
import { contextOf, launchChromium, openPage } from './chromium.ts'
import { deviceAnswers } from './fake-devices.ts'
import { fakeServer, type FakeServer } from './fake-server.ts'
import { faultsOf } from './inspect.ts'

describe('connecting devices of every protocol', () => {
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

  async function newDevice(page: Page, protocol: string): Promise<void> {
    await page.getByLabel('Protocol').selectOption(protocol)
  }

  for (const phone of [false, true]) {
    test(`the form of every protocol (${phone ? 'phone' : 'desktop'})`, async () => {
      await using context = await contextOf(browser, { phone })
      const { page, complaints } = await openPage(context, `${server.url}/config/devices/new`)
      const select = page.getByLabel('Protocol')
      await select.waitFor()
      const protocols = await select.locator('option').evaluateAll((options) => options.map((one) => one.getAttribute('value') ?? ''))
      for (const one of PROTOCOLS) assert.ok(protocols.includes(one), one)
      for (const protocol of protocols) {
        await select.selectOption(protocol)
        await page.waitForLoadState('networkidle')
        assert.deepEqual(await faultsOf(page, `connect-${protocol}`, { whole: true }), [])
      }
      assert.deepEqual(complaints, [])
    })
  }

  test('OPC UA: what the server offers fills the form; its certificate is trusted by hand; ours can be saved', async () => {
    await using context = await contextOf(browser)
    const { page } = await openPage(context, `${server.url}/config/devices/new`)
    await newDevice(page, 'opcua')
    await page.getByLabel('Endpoint URL').fill('opc.tcp://plc-1:4840')
    await page.getByRole('button', { name: 'Ask the server what it offers' }).click()
    await page.getByRole('button', { name: 'Use Aes256_Sha256_RsaPss SignAndEncrypt' }).click()
    assert.equal(await page.getByLabel('Security policy').inputValue(), 'Aes256_Sha256_RsaPss')
    assert.equal(await page.getByLabel('Log in as').inputValue(), 'userName', 'anonymous is not offered')
    await page.getByText('4F2A 91C0 7B3D').waitFor()
    assert.deepEqual(await faultsOf(page, 'connect-opcua-offers', { whole: true }), [])
    await page.getByRole('button', { name: 'Trust this certificate' }).click()
    await page.getByText('1 trusted server certificate').waitFor()
    await page.getByText('Our certificate').click()
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'DER' }).click()])
    assert.equal(download.suggestedFilename(), 'synctide.der')
  })

  test(
    'CSV: the preview shows proof, lines that cannot be read, and asks what it cannot know',
    { skip: !PROTOCOLS.includes('csv') },
    async () => {
      await using context = await contextOf(browser)
      const { page } = await openPage(context, `${server.url}/config/devices/new`)
      await newDevice(page, 'csv')
      await page.getByRole('button', { name: 'Preview the newest file' }).click()
      await page.getByText('26/11/2026 in line 2: there is no month 26').waitFor()
      await page.getByText('"12,4,1" is no number').waitFor()
      await page.getByText('No column for: Chlorine').waitFor()
      assert.deepEqual(await faultsOf(page, 'connect-csv-preview', { whole: true }), [])
      await page.getByLabel('Rows to try (optional)').fill('Date;Flow\n05/11/2026;1,0')
      await page.getByRole('button', { name: 'Preview these rows' }).click()
      await page.getByRole('button', { name: 'day first: the first row is of 2026-11-05' }).click()
      assert.equal(await page.getByLabel('Date format').inputValue(), 'dmy')
    },
  )

  test('MQTT: a broker is chosen, or added on the spot with its secret', async () => {
    await using context = await contextOf(browser)
    const { page } = await openPage(context, `${server.url}/config/devices/new`)
    await newDevice(page, 'mqtt')
    await page.getByLabel('MQTT broker').selectOption('PLANT')
    await page.getByRole('button', { name: 'Add a broker' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(/^Code/).fill('LAB')
    await dialog.locator('input[name=bundled]').check({ force: true })
    await dialog.getByLabel(/^Host/).waitFor({ state: 'detached' })
    await dialog.locator('input[name=bundled]').uncheck({ force: true })
    await dialog.getByLabel(/^Host/).fill('10.0.0.9')
    await dialog.getByLabel('Password', { exact: true }).fill('s3cret')
    assert.deepEqual(await faultsOf(page, 'connect-broker-dialog'), [])
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    const made = server.changes.find(({ call }) => call === 'POST /api/brokers')?.body as {
      code: string
      secrets: unknown
      settings: object
    }
    assert.equal(made.code, 'LAB')
    assert.deepEqual(made.secrets, { password: 's3cret' })
    assert.equal('password' in made.settings, false)
    assert.equal(await page.getByLabel('MQTT broker').inputValue(), 'LAB')
  })

  for (const phone of [false, true]) {
    test(`brokers with their devices, the bundled one with how it is (${phone ? 'phone' : 'desktop'})`, async () => {
      await using context = await contextOf(browser, { phone })
      const { page } = await openPage(context, `${server.url}/config/brokers`)
      await page.getByText('bundled').waitFor()
      await page.getByText('running').waitFor()
      await page.getByRole('link', { name: 'CL-01' }).waitFor()
      assert.deepEqual(await faultsOf(page, 'connect-brokers'), [])
    })
  }

  test('a secret that is set is never shown; it is kept, replaced or taken away', async () => {
    await using context = await contextOf(browser)
    const { page } = await openPage(context, `${server.url}/config/brokers`)
    const saves = (): unknown[] =>
      server.changes.filter(({ call }) => call.startsWith('PUT /api/brokers')).map(({ body }) => (body as { secrets: unknown }).secrets)
    const edit = async (): Promise<void> => {
      await page.getByRole('button', { name: 'Change PLANT' }).click()
      await page.getByRole('dialog').getByLabel('Password', { exact: true }).waitFor()
    }
    const save = async (): Promise<void> => {
      await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    await edit()
    assert.equal(await page.getByRole('dialog').getByLabel('Password', { exact: true }).inputValue(), '')
    await save()
    await edit()
    await page.getByRole('dialog').getByLabel('Password', { exact: true }).fill('another')
    await save()
    await edit()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove it' }).click()
    await save()
    assert.deepEqual(saves(), [{}, { password: 'another' }, { password: '' }])
  })
})
