import { type ReactNode, useEffect, useId, useRef } from 'react'

interface Props {
  /** Read after the face by screen readers. */
  readonly label?: string
  readonly className?: string
  readonly current?: boolean
  /** What stands on the button. */
  readonly face: ReactNode
  readonly place: 'below' | 'above' | 'page'
  /** Links and buttons; using one closes the menu. */
  readonly children: ReactNode
}

/** A menu in the browser's own popover: Escape, a click outside and focus are its business, and it costs no library on the first page. */
export function PopMenu({ label, className, current = false, face, place, children }: Props): ReactNode {
  const id = useId()
  const menu = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const node = menu.current
    if (node === null) return
    const opened = (event: ToggleEvent): void => {
      if (event.newState === 'open') node.querySelector<HTMLElement>('a, button')?.focus()
    }
    const used = (event: Event): void => {
      if (event.target instanceof Element && event.target.closest('a, button') !== null) node.hidePopover()
    }
    const moved = (event: KeyboardEvent): void => {
      if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
      event.preventDefault()
      const items = [...node.querySelectorAll<HTMLElement>('a, button')]
      const at = items.findIndex((item) => item === document.activeElement)
      items.at((at + (event.key === 'ArrowDown' ? 1 : -1)) % items.length)?.focus()
    }
    node.addEventListener('toggle', opened)
    node.addEventListener('click', used)
    node.addEventListener('keydown', moved)
    return () => {
      node.removeEventListener('toggle', opened)
      node.removeEventListener('click', used)
      node.removeEventListener('keydown', moved)
    }
  }, [])
  return (
    <>
      <button type="button" className={className} aria-haspopup="true" aria-current={current ? 'page' : undefined} popoverTarget={id}>
        {face}
        {label !== undefined && <span className="visually-hidden">{label}</span>}
      </button>
      <div id={id} ref={menu} popover="auto" className="pop-menu" data-place={place}>
        {children}
      </div>
    </>
  )
}
