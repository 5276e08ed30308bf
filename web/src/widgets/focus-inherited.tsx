import { type ReactNode, useEffect, useRef } from 'react'
import { NOWHERE_BACK, whenLost } from './focus-kept.ts'

/**
 * Whoever works with the keyboard goes on where something took the place of a button that is gone, or with the page when none did: around lists
 * whose entries go by a button of their own, and what has done its work.
 * @param of selector of these buttons
 */
export function FocusInherited({ of: selector, children }: { of: string; children: ReactNode }): ReactNode {
  const around = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const node = around.current
    if (node === null) return undefined
    let place = -1
    const buttons = (): HTMLElement[] => [...node.querySelectorAll<HTMLElement>(selector)]
    const note = ({ target }: FocusEvent): void => {
      // a dialog gives the focus back
      if (target instanceof Element && target.closest('[role=dialog]') !== null) return
      place = buttons().findIndex((button) => button === target)
    }
    document.addEventListener('focusin', note)
    const goOn = (): void => {
      if (place < 0) return
      const left = buttons()
      const heir = left[Math.min(place, left.length - 1)] ?? document.getElementById('main')
      heir?.focus()
    }
    const off = whenLost(node, goOn)
    document.addEventListener(NOWHERE_BACK, goOn)
    return () => {
      document.removeEventListener(NOWHERE_BACK, goOn)
      document.removeEventListener('focusin', note)
      off()
    }
  }, [selector])
  return (
    <div className="contents" ref={around}>
      {children}
    </div>
  )
}
