import { useEffect, useRef } from 'react'

/**
 * Whoever works with the keyboard stays in the list: when a button goes that has the focus, its row has it; when the row goes, the one that
 * takes its place.
 * @param rows in the order in which they are shown; @param busy a dialog is open, which has the focus
 */
export function useRowFocus(rows: readonly { readonly id: number }[], busy: boolean): void {
  const held = useRef<{ id: number; index: number } | null>(null)
  useEffect(() => {
    const note = ({ target }: FocusEvent): void => {
      if (!(target instanceof Element) || target.closest('[role=dialog]') !== null) return
      const row = target.closest('[data-alarm]')
      const index = row === null ? -1 : rowsNow().indexOf(row)
      held.current = index < 0 ? null : { id: Number(row?.getAttribute('data-alarm')), index }
    }
    const leave = ({ target }: PointerEvent): void => {
      if (target instanceof Element && target.closest('[role=dialog], [data-alarm]') === null) held.current = null
    }
    document.addEventListener('focusin', note)
    document.addEventListener('pointerdown', leave)
    return () => {
      document.removeEventListener('focusin', note)
      document.removeEventListener('pointerdown', leave)
    }
  }, [])
  useEffect(() => {
    const { current } = held
    if (busy || current === null) return undefined
    // after a dialog has tried to give it back to the button that is gone
    const frame = requestAnimationFrame(() => {
      if (document.activeElement !== document.body) return
      const now = rowsNow()
      const row = now.find((one) => one.getAttribute('data-alarm') === String(current.id)) ?? now[Math.min(current.index, now.length - 1)]
      row?.querySelector<HTMLElement>('[data-row-button]')?.focus()
    })
    return () => cancelAnimationFrame(frame)
  }, [rows, busy])
}

function rowsNow(): Element[] {
  return [...document.querySelectorAll('[data-alarm]')]
}
