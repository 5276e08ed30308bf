import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { applyPlant } from '#plant/apply.ts'
import { exportPlant } from '#plant/export.ts'
import { listTags } from '#store/tags.ts'
import { encodeRegisters, type Layout } from '#drivers/modbus/core/decode.ts'
import type { Value } from '#domain/sample.ts'
import { ModbusServer } from '../../simulator/modbus-server.ts'
import { contextOf, launchChromium, openPage } from './chromium.ts'
import { faultsOf, picture } from './inspect.ts'
import { type RealPlant, realPlant } from './real-plant.ts'

const LOGIN = { login: 'ana', password: 'correct horse battery' }

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
  const kept = new AsyncDisposableStack()
  let plant: RealPlant
  let browser: Browser
  let plc: ModbusServer
  let deviceId = 0
  before(async () => {
    const bank = {
      holding: memory(),
      input: new Uint16Array(10),
      coils: new Uint8Array(10),
      discrete: new Uint8Array(10),
      holes: new Set([126, 127]),
    }
    plc = kept.use(await ModbusServer.start({ port: 0, banks: new Map([[1, bank]]) }))
    plant = kept.use(await realPlant(['driver-modbus', 'api']))
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
    browser = kept.use(await launchChromium())
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
  after(async () => await kept.disposeAsync())

  async function loggedIn(phone = false): Promise<BrowserContext> {
    const context = await contextOf(browser, { phone })
    const reply = await context.request.post(`${plant.url}/api/login`, { data: LOGIN })
    assert.ok(reply.ok(), await reply.text())
    return context
  }

  for (const phone of [false, true]) {
    test(`explorer, table, spreadsheets: axe, width, complaints (${phone ? 'phone' : 'desktop'})`, async () => {
      await using context = await loggedIn(phone)
      const faults: string[] = []
      const look = async (page: Page, what: string): Promise<void> => {
        faults.push(...(await faultsOf(page, `bulk-${what}`)))
      }
      const { page, complaints } = await openPage(context, `${plant.url}/config/devices/${deviceId}`)
      await page.getByRole('button', { name: 'Explore registers' }).last().click()
      await page.getByText('float CDAB').first().waitFor()
      await page.getByRole('textbox', { name: 'Number on the display' }).fill('57.3')
      await page
        .getByRole('button', { name: /^Make tag of HR100/ })
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

  test('a number on the display, an address off by one, one click: the tag reads what the explorer showed', async () => {
    await using context = await loggedIn()
    const { page, complaints } = await openPage(context, `${plant.url}/config/devices/${deviceId}`)
    await page.getByRole('button', { name: 'Explore registers' }).first().click()
    const changes: string[] = []
    page.on('request', (request) => void (request.method() === 'PUT' && changes.push(request.url())))
    await page.getByLabel('First address').fill('HR100')
    await page.getByRole('button', { name: 'Read', exact: true }).click()
    await page.getByRole('button', { name: 'HR100 40101' }).waitFor()
    const number = page.getByRole('textbox', { name: 'Number on the display' })
    await number.fill('23.5')
    // the manual counts from 1 where the device is set to count from 0
    await page.getByRole('textbox', { name: 'Address in the manual' }).fill('HR115')
    await page.getByText('It lies at HR114, −1 from the address in the manual').waitFor()
    assert.match((await page.locator('.find-hit').first().textContent()) ?? '', /HR114.*uint16.*235 × 0.1/)
    await number.fill('1834502')
    assert.match((await page.locator('.find-hit').first().textContent()) ?? '', /HR112.*uint32 CDAB/)
    await page.getByRole('button', { name: 'HR126 40127' }).waitFor()
    assert.deepEqual(changes, [], 'a look saves nothing')
    assert.equal(await page.getByText('The device refuses this address').count(), 2)
    await page.getByRole('button', { name: 'HR106 40107' }).click()
    await page.getByRole('button', { name: '49.98 as float CDAB: make a tag' }).click()
    const dialog = page.getByRole('dialog').last()
    await dialog.getByLabel(/^Name/).fill('Frequency')
    assert.equal(await dialog.getByLabel(/^Address/).inputValue(), 'HR106')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.getByLabel(/^Name/).waitFor({ state: 'detached' })
    await page
      .getByRole('row', { name: /^HR106 / })
      .getByText('Frequency')
      .waitFor()
    await page.keyboard.press('Escape')
    const row = page.getByRole('row', { name: /Frequency/ })
    await row.locator('.value[data-state="fresh"]', { hasText: '49.98' }).waitFor()
    assert.deepEqual(complaints, [])
  })

  test('the table by keyboard alone: type, paste from a spreadsheet, fill down, mend what is refused, swap, undo, save', async () => {
    await using context = await loggedIn()
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    const { page, complaints } = await openPage(context, `${plant.url}/config/devices/${deviceId}/tags`)
    const grid = page.getByRole('grid')
    await grid.waitFor()
    const keys = async (...names: readonly string[]): Promise<void> => {
      for (const name of names) await page.keyboard.press(name)
    }
    const rows = await listTags(plant.database.db, 'all', { deviceId })
    while (!(await page.evaluate<boolean>(`document.activeElement?.getAttribute('role') === 'grid'`))) await keys('Tab')
    // what a spreadsheet puts on the clipboard
    const copied = 'Pressure\tHR108\tfloat\r\nPower factor\tHR11O\tflaot\r\n'
    await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(copied)})`)
    await keys('Control+ArrowDown', 'ArrowDown', 'Control+v')
    await page.getByText('Not saved: 2 new, 0 changed, 0 to remove').waitFor()
    await keys('Control+s')
    await page.getByText('1 cell cannot be saved').waitFor()
    await page.locator('.tag-grid-problem', { hasText: 'Choose one of' }).waitFor()
    assert.deepEqual(await faultsOf(page, 'bulk-table-problem'), [])
    // typing replaces what stood there, Enter goes down; the driver finds the letter O in the address
    await page.keyboard.type('float')
    await keys('Enter', 'Control+s')
    await page.locator('.tag-grid-problem', { hasText: '"O" at character 5 of "HR11O"' }).waitFor()
    assert.equal((await listTags(plant.database.db, 'all', { deviceId })).length, rows.length, 'all or nothing')
    await keys('F2', 'Backspace')
    await page.keyboard.type('0')
    await keys('Tab', 'ArrowRight')
    // the byte order of both new rows: type once, fill down
    await keys('ArrowUp')
    await page.keyboard.type('CDAB')
    await keys('Enter', 'ArrowUp', 'Shift+ArrowDown', 'Control+d')
    // a range out and in again, and undone
    await keys('Control+Home', 'Shift+ArrowDown', 'Shift+ArrowRight', 'Control+c', 'Control+Home', 'Delete')
    await page.getByText('Not saved: 2 new, 1 changed, 0 to remove').waitFor()
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), 'Flow\tHR100\r\nLevel\tHR102\r\n')
    await keys('Control+z', 'Control+s')
    await page.getByText(`${rows.length + 2} tags, all saved`).waitFor()
    const saved = await listTags(plant.database.db, 'all', { deviceId })
    assert.deepEqual(
      saved.slice(-2).map(({ name, address, settings }) => [name, address, settings]),
      [
        ['Pressure', 'HR108', { dataType: 'float', byteOrder: 'CDAB' }],
        ['Power factor', 'HR110', { dataType: 'float', byteOrder: 'CDAB' }],
      ],
    )
    // removed with the next save; the way out is not blocked without a word
    await keys('Control+End', 'Shift+Delete')
    await page.getByText('Not saved: 0 new, 0 changed, 1 to remove').waitFor()
    await page.getByRole('link', { name: 'Connection and rules' }).click()
    await page.getByRole('dialog', { name: 'Leave without saving?' }).waitFor()
    await keys('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    // the focus goes back to the link first, a moment after the dialog is gone
    await page.locator(':focus', { hasText: /^Connection and rules$/ }).waitFor()
    await grid.focus()
    await keys('Control+s')
    await page.getByText(`${rows.length + 1} tags, all saved`).waitFor()
    assert.deepEqual(complaints, [])
  })

  test('five thousand rows: few in the page, and keys reach the last one', async (t) => {
    const count = 5000
    await applyPlant(plant.database.db, {
      synctide: 1,
      devices: [
        ...((await exportPlant(plant.database.db)).devices ?? []),
        {
          code: 'BIG',
          name: 'Big',
          protocol: 'modbus',
          enabled: false,
          connection: { host: '10.20.4.16' },
          tags: Array.from({ length: count }, (_, index) => ({ name: `Tag ${index}`, address: `HR${index}` })),
        },
      ],
    })
    const big = (await listTags(plant.database.db, 'all')).at(-1)?.deviceId ?? 0
    await using context = await loggedIn()
    const { page } = await openPage(context, `${plant.url}/config/devices/${big}/tags`)
    await page.getByText('5,000 tags, all saved').waitFor()
    await page.getByRole('grid').focus()
    const before = performance.now()
    for (let press = 0; press < 60; press++) await page.keyboard.press('ArrowDown')
    t.diagnostic(`${((performance.now() - before) / 60).toFixed(0)} ms a key`)
    assert.ok((await page.getByRole('row').count()) <= 70)
    await page.keyboard.press('Control+End')
    await page.locator('[data-active]').waitFor()
    assert.equal(await page.getByRole('row', { name: 'Tag 4999' }).count(), 1)
    // the whole column at once
    for (const name of ['Control+Home', 'ArrowRight', 'Control+Shift+ArrowDown', 'Control+d']) await page.keyboard.press(name)
    await page.getByText('Not saved: 0 new, 4,999 changed, 0 to remove').waitFor()
    await page.keyboard.press('Control+s')
    await page.getByText('5,000 tags, all saved').waitFor()
    assert.ok((await listTags(plant.database.db, 'all', { deviceId: big })).every((tag) => tag.address === 'HR0'))
  })

  test('five thousand tags in the configuration and as tiles: what is far from the screen is not in the page', async () => {
    const big = (await listTags(plant.database.db, 'all')).at(-1)?.deviceId ?? 0
    await using context = await loggedIn()
    const tab = await openPage(context, `${plant.url}/config/devices/${big}`)
    const { page } = tab
    const first = page.getByRole('button', { name: 'Change Tag 0', exact: true })
    await first.focus()
    const rows = page.locator('table.grid tbody tr:not([data-space])')
    assert.ok((await rows.count()) <= 200, 'few rows')
    assert.equal(await page.locator('table.grid').getAttribute('aria-rowcount'), '5001')
    await page.evaluate('scrollTo(0, document.body.scrollHeight)')
    await page.getByRole('cell', { name: 'Tag 4999', exact: true }).waitFor()
    assert.equal(await page.getByRole('row').last().getAttribute('aria-rowindex'), '5001')
    await page.getByRole('cell', { name: 'Tag 999', exact: true }).waitFor({ state: 'detached' })
    assert.ok((await rows.count()) <= 200, 'few rows at the end')
    // where the keyboard was is still there, and the next row too
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate('document.activeElement.getAttribute("aria-label")'), 'Remove Tag 0')
    assert.deepEqual(await faultsOf(page, 'bulk-config'), [])
    await page.getByLabel('Search tags').fill('hr0')
    await page.getByLabel('Search tags').fill('tag 4321')
    await page.getByRole('cell', { name: 'Tag 4321', exact: true }).waitFor()
    assert.equal(await rows.count(), 1)
    await page.getByLabel('Search tags').fill('nothing')
    await page.getByText('No tag matches').waitFor()

    await page.goto(`${plant.url}/devices/${big}`)
    await page.locator('.tile').nth(4999).waitFor()
    await page.locator('.tile .value').first().waitFor()
    assert.ok((await page.locator('.tile .value').count()) <= 200, 'few tiles are filled')
    await page.evaluate('scrollTo(0, document.body.scrollHeight)')
    await page.locator('.tile', { hasText: 'Tag 4999' }).locator('.value').waitFor()
    await page.locator('.tile').first().locator('.value').waitFor({ state: 'detached' })
    await picture(page, 'bulk-tiles-end')
    await page.evaluate('scrollTo(0, 0)')
    await page.getByRole('radio', { name: 'Table' }).check()
    await page.getByRole('button', { name: 'Tag 0', exact: true }).waitFor()
    assert.ok((await rows.count()) <= 200, 'few rows of the table')
    await page.evaluate('scrollTo(0, document.body.scrollHeight)')
    await page.getByRole('button', { name: 'Tag 4999', exact: true }).waitFor()
    await picture(page, 'bulk-live-table-end')
    assert.deepEqual(tab.complaints, [])
  })

  test('out to a workbook, back with a mistake, mended, imported, undone', async () => {
    const original = (await exportPlant(plant.database.db)).devices
    await using context = await loggedIn()
    const { page, complaints } = await openPage(context, `${plant.url}/config/sheets`)
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Workbook (.xlsx)' }).click()])
    assert.equal(download.suggestedFilename(), 'riverside-water.xlsx')
    const file = page.locator('input[type=file]')
    await file.setInputFiles(await download.path())
    await page.getByText('Nothing: the site is already so.').waitFor()
    const csv = (text: string): { name: string; mimeType: string; buffer: Buffer } => ({
      name: 'tags.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(text),
    })
    await file.setInputFiles(csv('device;name;adress;scale\nFM-1;Flow;HR100;1\nFM-01;Level;HR102;1.000,5'))
    await page.getByText('did you mean address?').waitFor()
    await page.getByText('There is no device FM-1; did you mean FM-01?').waitFor()
    await page.getByText('"1.000,5" is no number.').waitFor()
    assert.deepEqual(await faultsOf(page, 'bulk-sheets-problems'), [])
    await file.setInputFiles(csv('device;name;scale\nFM-01;Flow;0,5\nFM-01;Level;2'))
    await page.getByText('0 to add, 2 to change, 0 to remove').waitFor()
    await page.getByRole('button', { name: 'Apply 2 changes' }).click()
    await page.getByText('tags.csv was applied.').waitFor()
    const flow = (await listTags(plant.database.db, 'all')).find((tag) => tag.name === 'Flow')
    assert.equal(flow?.scale, 0.5)
    await page.getByRole('button', { name: 'Undo the import' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Undo the import' }).click()
    await page.getByText('Undone: 2 changes.').waitFor()
    await picture(page, 'bulk-sheets-undone')
    assert.deepEqual((await exportPlant(plant.database.db)).devices, original)
    assert.deepEqual(complaints, [])
  })
})
