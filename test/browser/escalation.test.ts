import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { openKey } from '#host/secrets.ts'
import { configureGateway } from '#notify/gateways.ts'
import { saveContact } from '#store/contacts.ts'
import { saveChain, saveGroup } from '#store/escalation.ts'
import { saveSettings } from '#store/settings.ts'
import { type ApiSite, apiSite, type Credentials } from '../support/api-site.ts'
import { SignInServer } from '../support/sign-in-server.ts'
import { contextOf, launchChromium, NOWHERE, openPage, walkTo } from './chromium.ts'
import { faultsOf } from './inspect.ts'
import { pagesBuilt } from './pages-built.ts'

/** Each with what opens it from its page. */
const VIEWS: readonly [name: string, path: string, open: (page: Page) => Promise<unknown>][] = [
  [
    'escalation',
    '/config/escalation',
    async (page) =>
      await page
        .getByText(/Nobody on call from/)
        .first()
        .waitFor(),
  ],
  [
    'rehearsal',
    '/config/escalation',
    async (page) => {
      await page.getByRole('button', { name: 'Rehearse' }).click()
      await page.getByText('Ends unanswered').waitFor()
    },
  ],
  [
    'group-dialog',
    '/config/escalation',
    async (page) => {
      await page.getByRole('button', { name: 'Change On call' }).click()
      await page.getByRole('dialog').getByText('Rotation 1', { exact: true }).waitFor()
    },
  ],
  [
    'chain-dialog',
    '/config/escalation',
    async (page) => {
      await page.getByRole('button', { name: 'Change Night' }).click()
      await page.getByRole('dialog').getByText('Steps').first().waitFor()
    },
  ],
  ['gateways-steps', '/config/gateways', async (page) => await page.getByText('developers.facebook.com').first().waitFor()],
  [
    'gateways-sign-in',
    '/config/gateways',
    async (page) => {
      await page.getByRole('button', { name: 'Sign in as the mailbox' }).click()
      await page.getByText('Enter the code').scrollIntoViewIfNeeded()
    },
  ],
  [
    'contact-dialog',
    '/config/contacts',
    async (page) => {
      await page.getByRole('button', { name: 'Change Ana' }).click()
      await page.getByRole('dialog').getByText('Quiet hours').waitFor()
      await page.getByText('This reads like a telephone number').waitFor()
      await page.getByRole('checkbox', { name: 'Process/Levels', exact: true, checked: true }).waitFor()
    },
  ],
  ['guide-setup', '/config/guide/setup-twilio-whatsapp', async (page) => await page.getByText('Try it out').waitFor()],
  ['guide-sms', '/config/guide/sms', async (page) => await page.getByText('thumbs-up on the message').waitFor()],
  ['guide', '/config/guide', async (page) => await page.getByText('When an alarm comes').waitFor()],
  [
    'templates',
    '/config/templates',
    async (page) => {
      await page.getByLabel('Text', { exact: true }).fill('{severity} #{number} {name}\n{how}')
      await page.getByText('CRITICAL #417 Reservoir level very high').waitFor()
      await page.getByLabel('Message', { exact: true }).selectOption('storm')
      await page.getByText('Preview of the built-in text').waitFor()
      await page.getByLabel('Text', { exact: true }).fill('{count}, {critical} critical, since {first}\n{list}\n\n{answer}')
      await page.getByText('43, 15 critical, since #417').waitFor()
      await page.getByText(/and \d+ more, in the alarm console/).waitFor()
    },
  ],
  [
    'templates-sms',
    '/config/templates',
    async (page) => {
      await page.getByLabel('Message', { exact: true }).selectOption('acknowledged_several')
      await page.getByLabel('For', { exact: true }).selectOption('short')
      await page
        .getByLabel('Text', { exact: true })
        .fill('Reconhecidos por {by}: {count} alarmes da estação elevatória, ninguém mais é preciso: {list}')
      await page.getByText('SMS (Teltonika router): sends as written, 4 SMS for each message').waitFor()
    },
  ],
  ['messages-live', '/messages', async (page) => await page.getByText('Nobody answered', { exact: true }).waitFor()],
  [
    'policy-changed',
    '/messages',
    async (page) => {
      await page.getByText('The policy of 1 alarm was changed').waitFor()
      await page.getByRole('button', { name: 'Re-apply the policy…' }).click()
      await page.getByRole('dialog').getByText('Not told again in this round: On call').waitFor()
      await page.getByRole('dialog').getByText('Next: Heads, at once').waitFor()
    },
  ],
]

describe('escalation on the real server', () => {
  let site: ApiSite
  let browser: Browser
  let signIn: SignInServer
  let who: Credentials
  before(async () => {
    site = await apiSite({ pages: await pagesBuilt() })
    browser = await launchChromium()
    const { db } = site
    await saveSettings(db, {
      site: { name: 'Riverside Water', timeZone: 'Europe/Lisbon', language: 'en', publicUrl: 'https://plant.example' },
    })
    signIn = await SignInServer.start()
    const { deviceUrl, tokenUrl, clientId } = signIn
    const mailbox = { from: 'alarms@plant.example', user: 'alarms@plant.example', login: 'microsoft', tenant: 'plant' }
    await configureGateway(db, openKey(site.dataFolder), 'email', {
      enabled: true,
      settings: { host: 'smtp.office365.com', ...mailbox, deviceUrl, tokenUrl, clientId },
      secrets: {},
    })
    const person = { language: 'en' as const, enabled: true, minSeverity: 'info' as const, deviceIds: null, categories: null }
    const ana = await saveContact(db, null, {
      ...person,
      name: 'Ana',
      categories: ['Process/Levels', 'Process/Levels/Tank', 'Power'],
      addresses: [{ channel: 'telegram', address: '912345678' }],
    })
    const rui = await saveContact(db, null, {
      ...person,
      name: 'Rui',
      addresses: [{ channel: 'sms', address: '+351913333333' }],
      quiet: { from: '22:00', to: '07:00', severity: 'warning' },
    })
    await db.query(`insert into gateways (channel, settings) values ('telegram', '{}'), ('sms', '{"letters": "all"}')`)
    const layer = { name: '', start: '2026-01-05', handover: '08:00', everyDays: 1, from: '06:00', to: '02:00', holidays: 'also' as const }
    const schedule = { layers: [{ ...layer, days: [], contactIds: [ana.id, rui.id] }], overrides: [], holidays: ['2026-12-25'] }
    const heads = {
      name: 'Heads',
      parentId: null,
      memberIds: [rui.id],
      duty: 'everybody' as const,
      schedule: { layers: [], overrides: [], holidays: [] },
    }
    await db.transaction(async (tx) => {
      const parent = await saveGroup(tx, null, heads)
      const group = await saveGroup(tx, null, {
        name: 'On call',
        parentId: parent.id,
        memberIds: [ana.id, rui.id],
        duty: 'on_call',
        schedule,
      })
      const steps = [{ groupId: group.id, waitMinutes: 5, attempts: 2, climb: true }]
      const rest = {
        enabled: true,
        position: 0,
        minSeverity: 'info' as const,
        deviceIds: null,
        categories: null,
        onClear: 'continue' as const,
      }
      await saveChain(tx, null, { ...rest, name: 'Night', steps, maxAgeMinutes: 4320, repeatMinutes: 1440 })
    })
    const [onCall] = await db.query<{ id: number }>(`select id from contact_groups where name = 'On call'`)
    const asItBegan = { groupId: onCall?.id, groupName: 'On call', waitMinutes: 5, attempts: 1 }
    const alarm = await site.alarm(site.a.deviceId, 'Reservoir level very high')
    await db.query(
      `insert into notify_cases (alarm_event_id, state, chain, step, reason, policy)
       values ($1, 'exhausted', $2, 1, 'Nobody answered.', '{"skipped": [{"contactId": 1, "contactName": "Ana", "why": "not on duty."}]}')`,
      [
        alarm,
        JSON.stringify({ chainId: 1, name: 'Night', onClear: 'continue', maxAgeMinutes: 4320, repeatMinutes: 0, steps: [asItBegan] }),
      ],
    )
    who = await site.session(await site.user('administrator'))
  })
  after(async () => {
    await browser.close()
    await signIn[Symbol.asyncDispose]()
    await site[Symbol.asyncDispose]()
  })

  async function loggedIn(looks: { phone: boolean }): Promise<BrowserContext> {
    const context = await contextOf(browser, looks)
    const [name = '', value = ''] = (who['cookie'] ?? '').split(';')[0]?.split('=') ?? []
    await context.addCookies([{ name, value, url: `http://127.0.0.1:${site.port}` }])
    return context
  }

  for (const phone of [false, true]) {
    test(`every view: axe, width, complaints (${phone ? 'phone' : 'desktop'})`, async () => {
      await using context = await loggedIn({ phone })
      const faults: string[] = []
      const tab = await openPage(context, `http://127.0.0.1:${site.port}${NOWHERE}`)
      const { page, complaints } = tab
      for (const [name, path, open] of VIEWS) {
        await walkTo(tab, path)
        await open(page)
        await tab.settled()
        faults.push(...(await faultsOf(page, name)))
        faults.push(...complaints.splice(0).map((text) => `${name}: ${text}`))
      }
      assert.deepEqual(faults, [])
    })
  }
})
