import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

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

export function contextOf(browser: Browser, { phone = false, dark = false, locale = 'en-GB' }: Looks = {}): Promise<BrowserContext> {
  return browser.newContext({
    viewport: phone ? PHONE : DESKTOP,
    colorScheme: dark ? 'dark' : 'light',
    isMobile: phone,
    hasTouch: phone,
    locale,
    reducedMotion: 'reduce',
  })
}

/** Opens a page and collects what it complains of: script errors, refused resources, breaches of the security policy. */
export async function openPage(context: BrowserContext, url: string): Promise<{ page: Page; complaints: string[] }> {
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  await page.goto(url)
  return { page, complaints }
}

/** Leaves a page: what it says of that is not the next one's. */
export async function leavePage({ page, complaints }: { page: Page; complaints: string[] }): Promise<void> {
  await page.goto('about:blank')
  complaints.length = 0
}
