import { type RefObject, useEffect } from 'react'

const FOCUSABLE = ':is(a, button, input, select, textarea):not(:disabled)'

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

const FIELD = ':is(input, select, textarea):not(:disabled, [type="hidden"])'

/**
 * A dialog begins at its first field, or at what it marks, also when that comes a moment after the dialog: until then the focus is on Close,
 * where whoever types would not expect it. What the person does first ends it.
 */
export function useFirstField(opened: boolean, body: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const node = body.current
    const dialog = node?.closest<HTMLElement>('[role="dialog"]') ?? null
    if (!opened || node === null || dialog === null) return undefined
    const ended = new AbortController()
    const begin = (): void => {
      const first = node.querySelector<HTMLElement>('[data-autofocus]') ?? node.querySelector<HTMLElement>(FIELD)
      if (first === null) return
      ended.abort()
      if (!node.contains(document.activeElement)) first.focus()
    }
    const observer = new MutationObserver(begin)
    ended.signal.addEventListener('abort', () => observer.disconnect())
    for (const act of ['keydown', 'pointerdown']) dialog.addEventListener(act, () => ended.abort(), { signal: ended.signal, capture: true })
    observer.observe(node, { childList: true, subtree: true })
    // what is there already gets the focus from Mantine, if it is marked
    const later = setTimeout(begin, 0)
    return () => {
      clearTimeout(later)
      ended.abort()
    }
  }, [opened, body])
}
