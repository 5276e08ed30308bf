import { useEffect } from 'react'

const FOCUSABLE = ':is(a, button, input, select, textarea):not(:disabled)'

/** Told to the document when a dialog is closed and what opened it is gone. */
export const NOWHERE_BACK = 'nowhere-back'

/** Calls back when what had the focus was taken away with some of the children of `node`. @returns the end of it */
export function whenLost(node: HTMLElement, goOn: () => void): () => void {
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
export function useFocusKept(node: HTMLElement | null): void {
  useEffect(() => {
    if (node === null) return undefined
    return whenLost(node, () => {
      const next = node.querySelector<HTMLElement>('[data-autofocus]') ?? node.querySelector<HTMLElement>(FOCUSABLE)
      next?.focus()
    })
  }, [node])
}
