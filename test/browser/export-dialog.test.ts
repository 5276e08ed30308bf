import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contextOf, launchChromium, openPage } from './chromium.ts'
import { fakeServer } from './fake-server.ts'
import { faultsOf } from './inspect.ts'

test('all samples of what is shown are one link, in the look that was chosen, also the next time', async () => {
  await using server = await fakeServer()
  const browser = await launchChromium()
  try {
    await using context = await contextOf(browser)
    const { page, complaints } = await openPage(context, `${server.url}/trends?tags=[1,2]`)
    await page.getByRole('button', { name: 'Export' }).click()
    await page.getByRole('button', { name: 'All samples and figures' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Numbers and delimiter').selectOption('semicolon comma')
    await dialog.getByLabel('Date').selectOption('dmy')
    const link = dialog.getByRole('link', { name: 'Save as CSV' })
    const address = new URL((await link.getAttribute('href')) ?? '', server.url)
    const { from, to, ...rest } = Object.fromEntries(address.searchParams)
    assert.equal(address.pathname, '/api/history.csv')
    assert.ok(Number(to) > Number(from))
    assert.deepEqual(rest, {
      tags: '1,2',
      layout: 'wide',
      dateFormat: 'dmy',
      delimiter: 'semicolon',
      decimal: 'comma',
      timeZone: 'Europe/Lisbon',
    })
    assert.deepEqual(await faultsOf(page, 'export-dialog', { part: '[role=dialog]' }), [])
    await dialog.getByLabel('Layout').selectOption('day')
    await dialog.getByLabel('Tags').selectOption('all')
    const figures = new URL((await link.getAttribute('href')) ?? '', server.url)
    assert.equal(figures.pathname, '/api/figures.csv')
    assert.deepEqual(
      [figures.searchParams.get('tags'), figures.searchParams.get('bucket'), figures.searchParams.get('layout')],
      [null, 'day', null],
    )
    assert.deepEqual(await faultsOf(page, 'export-figures', { part: '[role=dialog]' }), [])
    const saved = page.waitForEvent('download')
    await link.click()
    await (await saved).cancel()
    await page.getByRole('button', { name: 'Export' }).click()
    await page.getByRole('button', { name: 'All samples and figures' }).click()
    assert.equal(await page.getByLabel('Date').inputValue(), 'dmy')
    assert.deepEqual(
      complaints.filter((text) => !text.includes('404')),
      [],
    )
  } finally {
    await browser.close()
  }
})
