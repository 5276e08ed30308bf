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
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    const node = menu.current
    if (node === null) return
    const opening = (event: ToggleEvent): void => {
      if (event.newState === 'open' && place === 'page' && button.current !== null) putBeside(node, button.current)
    }
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
    node.addEventListener('beforetoggle', opening)
    node.addEventListener('toggle', opened)
    node.addEventListener('click', used)
    node.addEventListener('keydown', moved)
    return () => {
      node.removeEventListener('beforetoggle', opening)
      node.removeEventListener('toggle', opened)
      node.removeEventListener('click', used)
      node.removeEventListener('keydown', moved)
    }
  }, [place])
  return (
    <>
      <button
        type="button"
        ref={button}
        className={className}
        aria-haspopup="true"
        aria-current={current ? 'page' : undefined}
        popoverTarget={id}
      >
        {face}
        {label !== undefined && <span className="visually-hidden">{label}</span>}
      </button>
      <div id={id} ref={menu} popover="auto" className="pop-menu" data-place={place}>
        {children}
      </div>
    </>
  )
}

/** As shell.css has it. */
const [WIDTH, MARGIN] = [248, 8]

/** Below the button where there is room, else above it; never beyond the edge of the window. */
function putBeside(menu: HTMLElement, button: HTMLElement): void {
  const { left, right, top, bottom } = button.getBoundingClientRect()
  const at = left + WIDTH + MARGIN <= window.innerWidth ? left : Math.max(MARGIN, right - WIDTH)
  const above = bottom > window.innerHeight * 0.6
  menu.style.left = `${at}px`
  menu.style.top = above ? 'auto' : `${bottom + 4}px`
  menu.style.bottom = above ? `${window.innerHeight - top + 4}px` : 'auto'
}
