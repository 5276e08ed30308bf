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
 * behind the dialog. A button that was busy is there again when it is done, unless a field is wrong: then that one is looked at.
 */
export function useFocusKept(node: HTMLElement | null): void {
  useEffect(() => {
    if (node === null) return undefined
    let last: Element | null = document.activeElement
    const note = ({ target }: FocusEvent): void => void (last = target instanceof Element ? target : null)
    node.addEventListener('focusin', note)
    const off = whenLost(node, () => {
      const here = last instanceof HTMLElement && node.contains(last) ? last : null
      if (here?.matches(':disabled') === true) return
      const next =
        here === null ? node.querySelector<HTMLElement>('[data-autofocus]') : node.querySelector<HTMLElement>('[aria-invalid="true"]')
      const heir = next ?? here ?? node.querySelector<HTMLElement>(FOCUSABLE)
      heir?.focus()
    })
    return () => {
      node.removeEventListener('focusin', note)
      off()
    }
  }, [node])
}
