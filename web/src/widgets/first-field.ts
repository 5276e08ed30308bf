import { useEffect } from 'react'

const FIELD = ':is(input, select, textarea):not(:disabled, [type="hidden"])'
/** Where there is only something to do. */
const BUTTON = ':is(a, button):not(:disabled)'

/**
 * A dialog begins at what it marks, at its first field, or else at the first of its deeds, also when that comes a moment after the dialog: until
 * then the focus is on Close, where whoever types would not expect it. What the person does first ends it.
 */
export function useFirstField(node: HTMLElement | null): void {
  useEffect(() => {
    const dialog = node?.closest<HTMLElement>('[role="dialog"]') ?? null
    if (node === null || dialog === null) return undefined
    const ended = new AbortController()
    const begin = (): void => {
      const first = ['[data-autofocus]', FIELD, BUTTON].map((what) => node.querySelector<HTMLElement>(what)).find((one) => one !== null)
      if (first === undefined) return
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
  }, [node])
}
