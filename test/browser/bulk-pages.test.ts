import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { applyPlant } from '#plant/apply.ts'
import { listTags } from '#store/tags.ts'
import { encodeRegisters, type Layout } from '#drivers/modbus/core/decode.ts'
import type { Value } from '#domain/sample.ts'
import { ModbusServer } from '../../simulator/modbus-server.ts'
import { contextOf, launchChromium, openPage } from './chromium.ts'
import { type RealPlant, realPlant } from './real-plant.ts'

const SHOTS = join(tmpdir(), 'synctide-pages')
const LOGIN = { login: 'ana', password: 'correct horse battery' }
const LOOKS = [
  { name: 'desktop-light', phone: false, dark: false },
  { name: 'desktop-dark', phone: false, dark: true },
  { name: 'phone-light', phone: true, dark: false },
  { name: 'phone-dark', phone: true, dark: true },
] as const

/** A device as they come: floats with their registers swapped, scaled integers, a counter, a text, a hole, zeros. */
function memory(): Uint16Array {
  const holding = new Uint16Array(200)
  const put = (at: number, value: Value, layout: Partial<Layout>): void => {
    const whole: Layout = { dataType: 'uint16', byteOrder: 'CDAB', byteSwap: false, length: 0, encoding: 'utf-8', bit: null, ...layout }
    const bytes = encodeRegisters(value, whole)
    for (let i = 0; i < bytes.length; i += 2) holding[at + i / 2] = ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0)
  }
  const measured = [57.31, 4.182, 231.6, 49.98, 12.75, 0.934]
  measured.forEach((value, index) => put(100 + index * 2, Math.fround(value), { dataType: 'float' }))
  put(112, 1_834_502, { dataType: 'uint32' })
  put(114, 235, {})
  put(115, -42, { dataType: 'int16' })
  put(116, 0b1000_0000_0000_0101, {})
  put(118, 'PUMP-01 rev C', { dataType: 'string', length: 14 })
  return holding
}

describe('many tags at once, on the real server', () => {
  let plant: RealPlant
  let browser: Browser
  let plc: ModbusServer
  let deviceId = 0
  before(async () => {
    await mkdir(SHOTS, { recursive: true })
    const bank = {
      holding: memory(),
      input: new Uint16Array(10),
      coils: new Uint8Array(10),
      discrete: new Uint8Array(10),
      holes: new Set([126, 127]),
    }
    plc = await ModbusServer.start({ port: 0, banks: new Map([[1, bank]]) })
    plant = await realPlant(['driver-modbus', 'api'])
    const connection = { host: '127.0.0.1', port: plc.port }
    const tags = [
      { name: 'Flow', address: 'HR100', settings: { dataType: 'float', byteOrder: 'CDAB' }, unit: 'm³/h' },
      { name: 'Level', address: 'HR102', settings: { dataType: 'float', byteOrder: 'CDAB' }, unit: 'm' },
      { name: 'Running', address: 'HR116.0', kind: 'digital', stateText: ['Stopped', 'Running'] },
    ]
    await applyPlant(plant.database.db, {
      synctide: 1,
      devices: [
        { code: 'FM-01', name: 'Flow meter', protocol: 'modbus', connection, tags },
        { code: 'PS-02', name: 'Pump station', protocol: 'modbus', connection: { host: '10.20.4.15' } },
      ],
    })
    deviceId = (await listTags(plant.database.db, 'all'))[0]?.deviceId ?? 0
    browser = await launchChromium()
    await using context = await contextOf(browser)
    const body = {
      token: plant.setupToken,
      ...LOGIN,
      displayName: 'Ana Sousa',
      siteName: 'Riverside Water',
      timeZone: 'Europe/Lisbon',
      language: 'en',
    }
    const reply = await context.request.post(`${plant.url}/api/setup`, { data: body })
    assert.ok(reply.ok(), await reply.text())
  })
  after(async () => {
    await browser.close()
    await plant[Symbol.asyncDispose]()
    await plc[Symbol.asyncDispose]()
  })

  async function loggedIn(looks: { phone?: boolean; dark?: boolean } = {}): Promise<BrowserContext> {
    const context = await contextOf(browser, looks)
    const reply = await context.request.post(`${plant.url}/api/login`, { data: LOGIN })
    assert.ok(reply.ok(), await reply.text())
    return context
  }
  async function faultsOf(page: Page): Promise<string[]> {
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze()
    const [wide, room] = [await page.evaluate<number>('document.documentElement.scrollWidth'), page.viewportSize()?.width ?? 0]
    const faults = violations.map(
      (one) =>
        `${one.id}: ${one.nodes
          .map((node) => `${node.html} ${node.any[0]?.message ?? ''}`)
          .join(' | ')
          .slice(0, 600)}`,
    )
    return wide > room ? [...faults, `${wide} px wide in a window of ${room}`] : faults
  }

  for (const { name, ...looks } of LOOKS) {
    test(`explorer, table, spreadsheets: axe, width, complaints (${name})`, async () => {
      await using context = await loggedIn(looks)
      const faults: string[] = []
      const look = async (page: Page, what: string): Promise<void> => {
        await page.screenshot({ path: join(SHOTS, `bulk-${what}-${name}.png`) })
        faults.push(...(await faultsOf(page)).map((fault) => `${what}: ${fault}`))
      }
      const { page, complaints } = await openPage(context, `${plant.url}/config/devices/${deviceId}`)
      await page.getByRole('button', { name: 'Explore registers' }).last().click()
      await page.getByText('float CDAB').first().waitFor()
      await page.getByRole('textbox', { name: 'Number on the display' }).fill('57.3')
      await page
        .getByRole('button', { name: /^Make a tag of HR100/ })
        .first()
        .waitFor()
      await look(page, 'explorer')
      await page.goto(`${plant.url}/config/devices/${deviceId}/tags`)
      await page.getByRole('grid').focus()
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Shift+ArrowRight')
      await page.locator('.value[data-state="fresh"]').first().waitFor()
      await look(page, 'table')
      await page.goto(`${plant.url}/config/sheets`)
      await page.getByRole('button', { name: 'Choose files' }).waitFor()
      await page.locator('input[type=file]').setInputFiles({
        name: 'tags.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from('device;name;address;scale;unit\nFM-01;Flow;HR100;0,5;l/s\nFM-01;New;HR104;1;\nPS-02;Pressure;40001;1;bar'),
      })
      await page.getByText('2 to add, 1 to change, 0 to remove').waitFor()
      await look(page, 'sheets')
      assert.deepEqual([...faults, ...complaints], [])
    })
  }
})
