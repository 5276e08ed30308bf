import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { contextOf, launchChromium, leavePage, openPage } from './chromium.ts'
import { fakeServer, type FakeServer } from './fake-server.ts'
import { faultsOf } from './inspect.ts'

/** Route, and words that stand on it once it is drawn. */
const PAGES = [
  ['home', '/', 'Reservoir level very high'],
  ['alarms', '/alarms', 'Reservoir level very high'],
  ['alarm-detail', '/alarms?alarm=1', 'Who was told'],
  ['alarm-page', '/alarms/1', 'Water on call'],
  ['alarm-path', '/alarm-path', 'The ten that took longest'],
  ['alarms-shelved', '/alarms?state=shelved', 'Discharge pressure high'],
  ['alarms-suppressed', '/alarms?state=suppressed', 'Dosing pump out for repair'],
  ['alarms-history', '/alarms?state=history', 'Telegram: Tiago G.'],
  ['performance', '/alarms/performance', 'Reservoir level very high'],
  ['devices', '/devices', 'No answer from 10.20.4.15:502'],
  ['device', '/devices/4', 'address refused'],
  ['device-silent', '/devices/5', '6 failures in a row'],
  ['trends', '/trends?tags=[1,2,3]&compare=day', 'Pump 2 on trial'],
  ['trends-table', '/trends?tags=[1,2]&table=true', 'Pump 2 on trial'],
  ['trends-empty', '/trends', 'Choose what to look at'],
  ['curves', '/curves', 'Nothing known'],
  ['messages', '/messages', 'mailbox full'],
  ['me', '/me', 'Current password'],
  ['not-found', '/no/such/page', 'There is no such page'],
  ['login', '/login', 'Forgotten?'],
  ['setup', '/setup?token=abc', 'You, the administrator'],
  ['password', '/password?token=abc', 'Save and log in'],
  ['acknowledge-link', '/a/token', 'You acknowledge as'],
] as const

describe('every page, both sizes, light and dark', () => {
  let server: FakeServer
  let browser: Browser
  before(async () => {
    server = await fakeServer()
    browser = await launchChromium()
  })
  after(async () => {
    await browser.close()
    await server[Symbol.asyncDispose]()
  })

  for (const phone of [false, true]) {
    const size = phone ? 'phone' : 'desktop'
    test(size, async () => {
      await using context = await contextOf(browser, { phone })
      const faults: string[] = []
      const tab = await openPage(context, 'about:blank')
      const { page, complaints } = tab
      for (const [name, path, words] of PAGES) {
        server.setupNeeded = name === 'setup'
        await page.goto(server.url + path)
        await page.getByText(words).first().waitFor()
        await page.evaluate('document.fonts.ready.then(() => true)')
        faults.push(...(await faultsOf(page, name)))
        faults.push(...complaints.map((text) => `${name}: ${text}`))
        await leavePage(tab)
      }
      assert.deepEqual(faults, [])
    })
  }
})
