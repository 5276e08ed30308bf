import { type ReactNode, type RefObject, useEffect, useRef } from 'react'

const FOCUSABLE = 'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled)'

/** Calls back when what had the focus was taken away with some of the children of `node`. @returns the end of it */
function whenLost(node: HTMLElement, goOn: () => void): () => void {
  const observer = new MutationObserver(() => {
    if (document.activeElement === document.body) goOn()
  })
  observer.observe(node, { childList: true, subtree: true })
  return () => observer.disconnect()
}

/**
 * A dialog that shows something else now has taken away what had the focus: whoever works with the keyboard goes on in what came instead, not
 * behind the dialog.
 */
export function useFocusKept(opened: boolean, body: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const node = body.current
    if (!opened || node === null) return undefined
    return whenLost(node, () => {
      const next = node.querySelector<HTMLElement>('[data-autofocus]') ?? node.querySelector<HTMLElement>(FOCUSABLE)
      next?.focus()
    })
  }, [opened, body])
}

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
    const off = whenLost(node, () => {
      if (place < 0) return
      const left = buttons()
      const heir = left[Math.min(place, left.length - 1)] ?? document.getElementById('main')
      heir?.focus()
    })
    return () => {
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
