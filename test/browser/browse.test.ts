import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { contextOf, launchChromium, openPage } from './chromium.ts'
import { deviceAnswers } from './fake-devices.ts'
import { fakeServer, type FakeServer } from './fake-server.ts'
import { faultsOf } from './inspect.ts'

interface SentTags {
  readonly tags: readonly { readonly name: string; readonly address: string; readonly unit: string }[]
}

describe('browsing a device', () => {
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

  async function opened(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Browse' }).click()
    await page.getByRole('treeitem', { name: /Area 1/ }).waitFor()
  }
  const sent = (): SentTags[] => server.changes.filter(({ call }) => call.endsWith('/tags')).map(({ body }) => body as SentTags)

  for (const phone of [false, true]) {
    const size = phone ? 'phone' : 'desktop'
    test(`a branch ticked, named and added (${size})`, async () => {
      await using context = await contextOf(browser, { phone })
      const { page, complaints } = await openPage(context, `${server.url}/config/devices/4`)
      await opened(page)
      await page
        .getByRole('treeitem', { name: /Area 2/ })
        .locator('[data-part=fold]')
        .click()
      await page.getByRole('treeitem', { name: /P-1/ }).locator('[data-part=fold]').click()
      await page.getByRole('treeitem', { name: /Flow/ }).waitFor()
      await page
        .getByRole('treeitem', { name: /Area 1/ })
        .locator('[data-part=tick]')
        .click()
      await page.getByText('48 chosen').first().waitFor()
      assert.deepEqual(await faultsOf(page, 'browse'), [])
      if (phone) await page.getByText('48 chosen').first().click()
      await page.getByLabel('Tag name of Area 1/P-1/Speed').fill('Pump 1 speed')
      assert.deepEqual(await faultsOf(page, 'browse-chosen'), [])
      const [wide, room] = [await page.evaluate<number>('document.documentElement.scrollWidth'), page.viewportSize()?.width ?? 0]
      assert.ok(wide <= room, `${wide} px wide in a window of ${room}`)
      const before = sent().length
      await page.getByRole('button', { name: 'Add 48 tags' }).click()
      await page.getByText('48 tags were added.').waitFor()
      const [{ tags } = { tags: [] }] = sent().slice(before)
      assert.equal(tags.length, 48)
      assert.deepEqual(
        tags.find((tag) => tag.address === 'ns=2;s=Area 1/P-1/Speed'),
        {
          name: 'Pump 1 speed',
          address: 'ns=2;s=Area 1/P-1/Speed',
          settings: {},
          kind: 'analog',
          unit: 'rpm',
        },
      )
      assert.equal(tags.find((tag) => tag.address === 'ns=2;s=Area 1/P-2/Speed')?.name, 'P-2.Speed')
      assert.deepEqual(complaints, [])
    })
  }

  test('by keyboard alone: fold, move, take a range, tick all found', async () => {
    await using context = await contextOf(browser)
    const { page } = await openPage(context, `${server.url}/config/devices/4`)
    await opened(page)
    await page.getByRole('tree').focus()
    const active = (): Promise<string> => page.locator('.browse-row[data-active=true] .browse-name').innerText()
    await page.keyboard.press('ArrowRight')
    await page.getByRole('treeitem', { name: /P-1/ }).waitFor()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.getByRole('treeitem', { name: /Speed/ }).waitFor()
    await page.keyboard.press('s')
    assert.match(await active(), /^Speed/)
    await page.keyboard.press('Space')
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Shift+ArrowDown')
    await page.getByText('3 chosen').waitFor()
    assert.equal(await page.getByRole('treeitem', { name: /P-1/ }).getAttribute('aria-checked'), 'mixed')
    await page.keyboard.press('ArrowLeft')
    assert.match(await active(), /^P-1/)
    await page.getByLabel('Search by name or path').fill('pressure')
    await page.getByRole('treeitem', { name: /Area 3\/P-2\/Pressure/ }).waitFor()
    await page.getByRole('button', { name: 'Tick all found' }).click()
    await page.getByText('34 chosen').waitFor()
  })

  test('ten thousand nodes: few are in the page, values go on, everything can be ticked', async () => {
    await using context = await contextOf(browser)
    const { page } = await openPage(context, `${server.url}/config/devices/4`)
    await opened(page)
    await page
      .getByRole('treeitem', { name: /Archive/ })
      .locator('[data-part=tick]')
      .click()
    await page.getByText('10,000 chosen').waitFor()
    await page
      .getByRole('treeitem', { name: /Archive/ })
      .locator('[data-part=fold]')
      .click()
    await page.getByRole('treeitem', { name: /Point 3 / }).waitFor()
    const rows = await page.getByRole('treeitem').count()
    assert.ok(rows < 60, `${rows} rows in the page`)
    const value = (): Promise<string> =>
      page
        .getByRole('treeitem', { name: /Point 3 / })
        .locator('.browse-value')
        .innerText()
    const first = await value()
    const deadline = performance.now() + 10_000
    while ((await value()) === first) assert.ok(performance.now() < deadline, 'the value stands still')
    await page.getByRole('tree').focus()
    await page.keyboard.press('End')
    await page.getByRole('treeitem', { name: /Point 10000/ }).waitFor()
    // how fluid scrolling is, to be read: frames while the list runs from end to end
    const frames = await page.evaluate<number[]>(`new Promise((resolve) => {
      const list = document.querySelector('[role=tree]'); const times = []; let last = performance.now(); let step = 0
      const frame = () => { const now = performance.now(); times.push(now - last); last = now; list.scrollTop = list.scrollHeight * (step % 40) / 40
        if (++step < 80) requestAnimationFrame(frame); else resolve(times.slice(2).sort((a, b) => a - b)) }
      requestAnimationFrame(frame) })`)
    // the median: other work of the machine lengthens single frames
    const median = frames[Math.floor(frames.length / 2)] ?? 0
    console.log(
      `10,000 nodes: scrolled frame p50 ${median.toFixed(0)} ms, p95 ${(frames[Math.floor(frames.length * 0.95)] ?? 0).toFixed(0)} ms`,
    )
  })
})
