import { lazyRouteComponent } from '@tanstack/react-router'
import type { ComponentType } from 'react'
import { withWords } from './i18n/language.ts'

/** A page that is fetched when it is first visited, with Mantine and with the words that are not among the first. */
export function richPage(load: () => Promise<ComponentType>): ReturnType<typeof lazyRouteComponent> {
  return lazyRouteComponent(async () => {
    const [{ inMantine }, page] = await Promise.all([import('./mantine.tsx'), withWords(load)()])
    return { Page: inMantine(page) }
  }, 'Page')
}
