import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { contextOf, launchChromium, loadPage, NOWHERE, openPage, walkTo } from './chromium.ts'
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
] as const
/** Where somebody begins: no link of the program leads there. */
const ENTRIES = [
  ['not-found', NOWHERE, 'There is no such page'],
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
      const tab = await openPage(context, server.url + NOWHERE)
      const { page, complaints } = tab
      const look = async (name: string, words: string): Promise<void> => {
        await page.getByText(words).first().waitFor()
        faults.push(...(await faultsOf(page, name, { dark: true })))
        faults.push(...complaints.splice(0).map((text) => `${name}: ${text}`))
      }
      for (const [name, path, words] of PAGES) {
        await walkTo(tab, path)
        await look(name, words)
      }
      for (const [name, path, words] of ENTRIES) {
        server.setupNeeded = name === 'setup'
        await loadPage(tab, server.url + path)
        await look(name, words)
      }
      assert.deepEqual(faults, [])
    })
  }
})
