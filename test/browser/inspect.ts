import axe from 'axe-core'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { en } from '../../web/src/i18n/en.ts'

/** Where pictures of pages lie for people to look at, when they ask for them with SYNCTIDE_TEST_PICTURES=1: they take their time. */
const PICTURES = process.env['SYNCTIDE_TEST_PICTURES'] === '1' ? join(import.meta.dirname, '../../.cache/pages') : undefined
/** WCAG 2.2, levels A and AA, and what axe holds for good practice. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const KEYS = new Set(Object.keys(en))

export interface View {
  /** of the page, as a selector; all of it unless told */
  readonly part?: string
  /** the picture shows what lies below the window as well */
  readonly whole?: boolean
  /** also on a phone; a page that is dark in a wide window is hardly another one in a small window */
  readonly dark?: boolean
}

/** A picture of the page as it stands, under its name in {@link PICTURES}. */
export async function picture(page: Page, name: string, { whole = false }: View = {}): Promise<void> {
  if (PICTURES === undefined) return
  await mkdir(PICTURES, { recursive: true })
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: whole })
}

/**
 * Looks at a page as it stands, light and then dark, with a picture of each: `NAME-desktop-light` and so on. The page is light again after
 * it.
 * @returns what is wrong with it: findings of axe, a page that is wider than its window, words that were not there; of the dark one the contrast, for that is all
 *   that colours can change
 */
export async function faultsOf(page: Page, name: string, view: View = {}): Promise<string[]> {
  const size = (page.viewportSize()?.width ?? 0) < 800 ? 'phone' : 'desktop'
  await picture(page, `${name}-${size}-light`, view)
  const faults = await findings(page, { type: 'tag', values: RULES }, view.part)
  // a phone widens its window to a page that is too wide: its size is asked of the emulation
  const [wide, room] = [await page.evaluate<number>('document.documentElement.scrollWidth'), page.viewportSize()?.width ?? 0]
  if (wide > room) faults.push(`${wide} px wide in a window of ${room}`)
  const words = (await page.locator('body').innerText()).split(/\s+/).filter((word) => KEYS.has(word) && word.includes('.'))
  faults.push(...words.map((word) => `no word for ${word}`))
  if (view.dark ?? size === 'desktop') {
    await inColours(page, 'dark')
    await picture(page, `${name}-${size}-dark`, view)
    faults.push(...(await findings(page, { type: 'rule', values: ['color-contrast'] }, view.part)).map((fault) => `dark: ${fault}`))
    await inColours(page, 'light')
  }
  return faults.map((fault) => `${name}: ${fault}`)
}

async function inColours(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme })
  await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor()
  // drawings take the new colours with the next frame
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
}

/** axe in the page itself: looked at as one document, for no page has frames. */
async function findings(page: Page, runOnly: axe.RunOnly, part: string | undefined): Promise<string[]> {
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(axe.source)
  const faults: string[] = []
  for (const { id, nodes } of await violationsOf(page, runOnly, part ?? 'html')) {
    const places: string[] = []
    for (const node of nodes) {
      if (id === 'target-size' && (await isOnlyCovered(page, String(node.target[0])))) continue
      places.push(`${node.html} ${node.any[0]?.message ?? ''}`)
    }
    if (places.length > 0) faults.push(`${id}: ${places.join(' | ').slice(0, 600)}`)
  }
  return faults
}

/** What lies half below a bar that stands still is scrolled from there: it is looked at in the middle of the window. */
async function isOnlyCovered(page: Page, selector: string): Promise<boolean> {
  await page.evaluate(`document.querySelector(${JSON.stringify(selector)})?.scrollIntoView({ block: 'center' })`)
  return (await violationsOf(page, { type: 'rule', values: ['target-size'] }, selector)).length === 0
}

async function violationsOf(page: Page, runOnly: axe.RunOnly, part: string): Promise<axe.Result[]> {
  const options: axe.RunOptions = { resultTypes: ['violations'], runOnly }
  return (await page.evaluate<axe.AxeResults>(`axe.run(${JSON.stringify(part)}, ${JSON.stringify(options)})`)).violations
}
