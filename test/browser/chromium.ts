import { type Browser, type BrowserContext, chromium, type Page, type Request } from 'playwright-core'

export const DESKTOP = { width: 1440, height: 900 }
export const PHONE = { width: 390, height: 844 }

/** Debian's Chromium, without anything that speaks to the outside. */
export function launchChromium(): Promise<Browser> {
  const quiet = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--headless', '--no-sandbox', '--disable-gpu', ...quiet] })
}

export interface Looks {
  readonly phone?: boolean
  readonly dark?: boolean
  readonly locale?: string
}

/** Milliseconds for what the page has to come to: many times what it takes, since other tests run beside it on a machine that may be slow. */
const PATIENCE = 120_000

export async function contextOf(browser: Browser, { phone = false, dark = false, locale = 'en-GB' }: Looks = {}): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: phone ? PHONE : DESKTOP,
    colorScheme: dark ? 'dark' : 'light',
    isMobile: phone,
    hasTouch: phone,
    locale,
    reducedMotion: 'reduce',
  })
  context.setDefaultTimeout(PATIENCE)
  return context
}

export interface Tab {
  readonly page: Page
  /** What the page complained of: script errors, refused resources, breaches of the security policy. */
  readonly complaints: string[]
  /** Resolves when everything that was asked of the server has been answered and drawn. */
  settled(): Promise<void>
}

export async function openPage(context: BrowserContext, url: string): Promise<Tab> {
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  const asked = new Set<Request>()
  page.on('request', (request) => void asked.add(request))
  page.on('requestfinished', (request) => void asked.delete(request))
  page.on('requestfailed', (request) => void asked.delete(request))
  const settled = async (): Promise<void> => {
    do {
      while (asked.size > 0) await Promise.race([page.waitForEvent('requestfinished'), page.waitForEvent('requestfailed')])
      // what came may be drawn with the next frame, and ask for more
      await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
    } while (asked.size > 0)
  }
  await page.goto(url)
  return { page, complaints, settled }
}

/** A page of the program that asks for nothing. */
export const NOWHERE = '/no/such/page'

/**
 * Goes to another page as a link in the program does, without loading the program anew, and waits until it is drawn. On the way
 * everything of the page before is gone.
 */
export async function walkTo(tab: Tab, path: string): Promise<void> {
  const { page } = tab
  const nowhere = page.getByRole('heading', { name: 'There is no such page' }).first()
  await page.evaluate(`history.pushState({}, '', '${NOWHERE}')`)
  await nowhere.waitFor()
  await page.evaluate(`history.pushState({}, '', ${JSON.stringify(path)})`)
  await nowhere.waitFor({ state: 'detached' })
  await page.locator('main h1').first().waitFor()
  await tab.settled()
}

/** Loads the program anew on a page; what was complained of before is not its. */
export async function loadPage(tab: Tab, url: string): Promise<void> {
  await tab.page.goto('about:blank')
  tab.complaints.length = 0
  await tab.page.goto(url)
  await tab.settled()
}
