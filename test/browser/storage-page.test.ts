import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import type { Contract } from '#api/contract/contract.ts'
import type { ReplyOf } from '#api/contract/endpoint.ts'
import { RETENTION_STEPS } from '#domain/retention.ts'
import { contextOf, launchChromium, openPage } from './chromium.ts'
import { type FakeServer, fakeServer } from './fake-server.ts'
import { faultsOf } from './inspect.ts'

const NOW = Date.now() * 1000
const DAY = 86_400_000_000

type Retention = ReplyOf<Contract['GET /api/retention']>

/** A year of a plant of a thousand tags. */
function retention(): Retention {
  const kept = (rows: number, bytes: number, days: number): Retention['samples'] => ({
    oldest: NOW - days * DAY,
    rows,
    bytes,
    effects: RETENTION_STEPS.map((step) => {
      const share = Math.max(0, days - step) / days
      return { days: step, before: NOW - step * DAY, rows: Math.round(rows * share), bytes: Math.round(bytes * share) }
    }),
  })
  return {
    policy: { samplesDays: null, alarmsDays: 1095, messagesDays: null, csvFilesDays: null },
    nextRun: NOW + DAY / 3,
    lastRun: { dueAt: NOW - DAY, endedAt: NOW - DAY, report: {} },
    samples: kept(31_536_000_000, 25_900_000_000, 365),
    alarms: kept(48_211, 21_000_000, 365),
    messages: kept(3912, 2_400_000, 340),
  }
}

function storage(): ReplyOf<Contract['GET /api/storage']> {
  return {
    databaseBytes: 28_300_000_000,
    disk: { freeBytes: 18_000_000_000, totalBytes: 240_000_000_000 },
    server: { version: '17.12', layout: 'hypertable', timescale: { version: '2.29.2', edition: 'community' } },
    bytesADay: 71_000_000,
    daysUntilFull: 253,
    samples: 31_536_000_000,
    samplesBytes: 25_900_000_000,
    tables: [
      { table: 'measurement_blocks', rows: 365_000, bytes: 27_000_000_000, indexBytes: 31_000_000 },
      { table: 'measurements', rows: 7_200_000, bytes: 734_000_000, indexBytes: 302_000_000 },
      { table: 'deliveries', rows: 36_000, bytes: 212_000_000, indexBytes: 1_500_000 },
    ],
    devices: [1, 2, 3].map((deviceId) => ({ deviceId, samples: 6_000_000_000 / deviceId, bytes: 5_100_000_000 / deviceId })),
    tags: [1, 2, 7, 8].map((tagId) => ({ tagId, samples: 31_536_000, bytes: 25_000_000 + tagId * 1000 })),
    removed: { samples: 12_000, bytes: 30_000 },
  }
}

function backups(): ReplyOf<Contract['GET /api/backups']> {
  const detail = { rows: 412_345, seconds: 218.4, tables: 32 }
  const one = { reason: 'nightly' as const, endedAt: NOW, bytes: 26_100_000_000, encrypted: true, state: 'good' as const, detail }
  return {
    enabled: true,
    keep: 7,
    encrypted: true,
    nextRun: NOW + DAY / 3,
    backups: [
      { ...one, id: 3, startedAt: NOW - DAY, file: '/var/lib/tide/backups/synctide-20261126T030000Z.backup' },
      {
        ...one,
        id: 2,
        startedAt: NOW - 2 * DAY,
        state: 'failed',
        file: null,
        bytes: null,
        detail: { problem: 'A backup and its proof need up to 56600 MB; /var/lib/tide/backups has 18000 MB free.' },
      },
      { ...one, id: 1, startedAt: NOW - 9 * DAY, file: null },
    ],
  }
}

describe('the Storage page', () => {
  let server: FakeServer
  let browser: Browser
  let isOurs = true
  before(async () => {
    server = await fakeServer((call) => {
      if (call === 'GET /api/storage') return { body: isOurs ? storage() : { ...storage(), disk: null, daysUntilFull: null } }
      if (call === 'GET /api/backups') return { body: backups() }
      if (call === 'PUT /api/backups' || call === 'POST /api/backups') return { body: {} }
      if (call === 'GET /api/retention') return { body: retention() }
      if (call === 'PUT /api/retention') return { body: {} }
      return null
    })
    browser = await launchChromium()
  })
  after(async () => {
    await browser.close()
    await server[Symbol.asyncDispose]()
  })

  for (const phone of [false, true]) {
    test(`${phone ? 'phone' : 'desktop'}: whole, in bounds, without a fault of access`, async () => {
      await using context = await contextOf(browser, { phone })
      // the phone looks at a server of the site's own, of whose disk nothing is known
      isOurs = !phone
      const { page, complaints } = await openPage(context, `${server.url}/config/storage`)
      await page.getByText('Raw measurements').waitFor()
      await page.getByText(isOurs ? '253 days' : 'its disk is not seen from here').waitFor()
      await page.getByText('Largest tags').waitFor()
      await page.getByText('PostgreSQL 17.12, TimescaleDB 2.29.2 (community)').waitFor()
      await page.getByText('rows restored and compared').first().waitFor()
      assert.deepEqual(await faultsOf(page, 'storage', { whole: true }), [])
      assert.deepEqual(complaints, [])
    })
  }

  test('a slider moved by the keyboard tells what it takes before anything is saved', async () => {
    await using context = await contextOf(browser)
    const { page } = await openPage(context, `${server.url}/config/storage`)
    const slider = page.getByRole('slider', { name: 'Raw measurements' })
    await slider.focus()
    for (let step = 0; step < 7; step++) await page.keyboard.press('ArrowLeft')
    await page
      .getByText('Deletes 28,080,000,000', { exact: false })
      .or(page.getByText(/Deletes [\d,]+ records, [\d.]+ GB/))
      .first()
      .waitFor()
    assert.equal(await slider.getAttribute('aria-valuetext'), '90 days')
    await page.getByRole('button', { name: 'Save' }).last().click()
    await page.getByRole('dialog').getByText('for good', { exact: false }).waitFor()
    assert.equal(server.changes.length, 0, 'nothing is saved yet')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByText('The settings were saved.').waitFor()
    assert.deepEqual(server.changes.at(-1)?.body, { samplesDays: 90, alarmsDays: 1095, messagesDays: null, csvFilesDays: null })
  })
})
