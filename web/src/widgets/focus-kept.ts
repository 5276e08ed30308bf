import { type RefObject, useEffect } from 'react'

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
 * Lists whose entries go by a button of their own: the button of the entry that takes the place has the focus then, and the page when none
 * is left.
 * @param selector of these buttons
 */
export function useFocusInherited(lists: RefObject<HTMLElement | null>, selector: string): void {
  useEffect(() => {
    const node = lists.current
    if (node === null) return undefined
    let place = -1
    const buttons = (): HTMLElement[] => [...node.querySelectorAll<HTMLElement>(selector)]
    const note = ({ target }: FocusEvent): void => {
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
  }, [lists, selector])
}
