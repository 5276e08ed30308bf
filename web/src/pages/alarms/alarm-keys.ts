import { useEffect } from 'react'

interface Actions {
  readonly acknowledge: (focused: number | null) => void
  readonly select: (id: number) => void
  readonly shelve: (focused: number | null) => void
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}

/** Arrow keys move between the rows, X selects, A and S open the dialogs that acknowledge and shelve: no key does so by itself. */
export function useAlarmKeys(enabled: boolean, { acknowledge, select, shelve }: Actions): void {
  useEffect(() => {
    if (!enabled) return
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      const box = event.target instanceof HTMLInputElement && event.target.type === 'checkbox'
      if (isTyping(event.target) && !box) return
      const focused = document.activeElement?.closest('[data-alarm]')?.getAttribute('data-alarm') ?? null
      if (event.key === 'a') {
        event.preventDefault()
        acknowledge(focused === null ? null : Number(focused))
      } else if (event.key === 's') {
        event.preventDefault()
        shelve(focused === null ? null : Number(focused))
      } else if (event.key === 'x' && focused !== null) {
        event.preventDefault()
        select(Number(focused))
      } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        const buttons = [...document.querySelectorAll<HTMLElement>('[data-row-button]')]
        const at = buttons.findIndex((button) => button.closest('[data-alarm]')?.getAttribute('data-alarm') === focused)
        const next = buttons[at + (event.key === 'ArrowDown' ? 1 : -1)] ?? (at < 0 ? buttons[0] : undefined)
        if (next === undefined) return
        event.preventDefault()
        next.focus()
      }
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [enabled, acknowledge, select, shelve])
}
