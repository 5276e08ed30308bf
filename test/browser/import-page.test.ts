import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contextOf, launchChromium, openPage } from './chromium.ts'
import { fakeServer } from './fake-server.ts'
import { faultsOf } from './inspect.ts'

const FROM = Date.parse('2025-01-01T00:00:00Z') * 1000

test('a file is looked at first, and stored when somebody says so; phone and desk', async () => {
  const report = {
    rows: 105_120,
    bad: 2,
    badLines: [
      { line: 17, reason: 'PS-01:Flow: "oops" is no number' },
      { line: 912, reason: 'the time is missing' },
    ],
    samples: 210_236,
    tags: 2,
    unknown: ['Remarks'],
    oldest: FROM,
    newest: FROM + 31_536_000_000_000,
    bytes: 4_000_000,
  }
  await using server = await fakeServer((call) => (call === 'POST /api/history/import' ? { body: report } : null))
  const browser = await launchChromium()
  try {
    for (const phone of [false, true]) {
      await using context = await contextOf(browser, { phone })
      const { page, complaints } = await openPage(context, `${server.url}/config/import`)
      const choosing = page.waitForEvent('filechooser')
      await page.getByRole('button', { name: 'Choose a file' }).click()
      await (await choosing).setFiles({ name: 'flow.csv', mimeType: 'text/csv', buffer: Buffer.from('time,PS-01:Flow\n2025-01-01,1\n') })
      await page.getByText('Line 17:').waitFor()
      assert.deepEqual(server.changes.map((one) => (one.body as { dryRun: boolean }).dryRun).at(-1), true)
      assert.deepEqual(await faultsOf(page, 'import', { whole: true }), [])
      await page.getByRole('button', { name: 'Import 210,236 samples' }).click()
      await page.getByRole('heading', { name: 'Stored' }).waitFor()
      const sent = server.changes.map((one) => one.body as { dryRun: boolean; content: string; device: string | null })
      assert.deepEqual(
        sent.slice(-1).map((one) => [one.dryRun, one.device, atob(one.content).slice(0, 4)]),
        [[false, null, 'time']],
      )
      assert.deepEqual(complaints, [])
    }
  } finally {
    await browser.close()
  }
})
