import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/** WCAG 2.2, levels A and AA, and what axe holds for good practice. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/**
 * @param part of the page, as a selector; all of it unless told
 * @returns what is wrong with a page as it stands: findings of axe, and a page that is wider than its window
 */
export async function faultsOf(page: Page, part?: string): Promise<string[]> {
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'], runOnly: { type: 'tag', values: RULES } })
  // no page has frames, for which it would open another one
  const { violations } = await (part === undefined ? axe : axe.include(part)).setLegacyMode().analyze()
  const faults = violations.map(({ id, nodes }) => {
    const places = nodes.map((node) => `${node.html} ${node.any[0]?.message ?? ''}`).join(' | ')
    return `${id}: ${places.slice(0, 600)}`
  })
  // a phone widens its window to a page that is too wide: its size is asked of the emulation
  const [wide, room] = [await page.evaluate<number>('document.documentElement.scrollWidth'), page.viewportSize()?.width ?? 0]
  return wide > room ? [...faults, `${wide} px wide in a window of ${room}`] : faults
}
