import { type RefObject, useEffect } from 'react'

/** How far from the screen something is in sight already, so that it is drawn when it comes. */
const MARGIN = '800px 0px'
const listeners = new WeakMap<Element, (inSight: boolean) => void>()
/** One for all: some pages have hundreds of things that ask. */
let observer: IntersectionObserver | undefined

function watch(): IntersectionObserver {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const entry of entries) listeners.get(entry.target)?.(entry.isIntersecting)
    },
    { rootMargin: MARGIN },
  )
  return observer
}

/**
 * Calls back soon after the element is there, and whenever it comes near the screen or goes away from it.
 * @param onSight stays the same function
 */
export function useSight(ref: RefObject<Element | null>, onSight: (inSight: boolean) => void): void {
  useEffect(() => {
    const element = ref.current
    if (element === null) return undefined
    listeners.set(element, onSight)
    const watching = watch()
    watching.observe(element)
    return () => {
      watching.unobserve(element)
      listeners.delete(element)
    }
  }, [ref, onSight])
}
