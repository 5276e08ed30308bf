import { type RefObject, useLayoutEffect, useState } from 'react'

/** How far a box is scrolled down, and how high it is. */
export function useScrolled(box: RefObject<HTMLElement | null>): { readonly top: number; readonly height: number } {
  const [at, setAt] = useState({ top: 0, height: 0 })
  useLayoutEffect(() => {
    const element = box.current
    if (element === null) return undefined
    const look = (): void => setAt({ top: element.scrollTop, height: element.clientHeight })
    const observer = new ResizeObserver(look)
    observer.observe(element)
    element.addEventListener('scroll', look, { passive: true })
    look()
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [box])
  return at
}
