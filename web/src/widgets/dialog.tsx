import { Drawer, Modal, type ModalRootProps } from '@mantine/core'
import { type ReactNode, useLayoutEffect, useState } from 'react'
import { useT } from '../i18n/language.ts'
import { Mantine } from '../mantine.tsx'
import { useFirstField } from './first-field.ts'
import { NOWHERE_BACK, useFocusKept } from './focus-kept.ts'

interface Props {
  readonly opened?: boolean
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
}

// Mantine's own heads are <header> elements, which a screen reader takes for a second banner of the page: these are not.

/**
 * Most dialogs are drawn only while they are open, so that they begin afresh; Mantine gives the focus back only to those that stay. Whoever
 * works with the keyboard goes on where the dialog was opened.
 */
function useFocusReturn(opened: boolean): void {
  useLayoutEffect(() => {
    if (!opened) return undefined
    const before = document.activeElement
    return () => {
      requestAnimationFrame(() => {
        const lost = document.activeElement === null || document.activeElement === document.body
        // what was saved may have made the page longer: it comes into sight again
        if (!lost) return
        if (before instanceof HTMLElement && before.isConnected) before.focus()
        else document.dispatchEvent(new Event(NOWHERE_BACK))
      })
    }
  }, [opened])
}

/** A question or a short form above the page; `size` as in Mantine, such as lg. */
export function Dialog({ size, ...props }: Props & { size?: string }): ReactNode {
  return <ModalFrame {...props} looks={size === undefined ? {} : { size }} />
}

/** A dialog as large as the window, for work that needs the room; its children fill it and scroll by themselves. */
export function WideDialog(props: Omit<Props, 'opened'>): ReactNode {
  return <ModalFrame {...props} looks={WIDE} />
}

const WIDE = { fullScreen: true, classNames: { inner: 'wide-dialog', content: 'wide-dialog-content', body: 'wide-dialog-body' } }

function ModalFrame({ opened = true, title, onClose, children, looks }: Props & { looks: Partial<ModalRootProps> }): ReactNode {
  const t = useT()
  // a state, and no ref: it comes a moment after the dialog
  const [body, setBody] = useState<HTMLDivElement | null>(null)
  useFocusReturn(opened)
  useFocusKept(body)
  useFirstField(body)
  return (
    <Mantine>
      <Modal.Root opened={opened} onClose={onClose} {...looks}>
        <Modal.Overlay />
        <Modal.Content>
          <div className="dialog-head">
            <Modal.Title>{title}</Modal.Title>
            <Modal.CloseButton aria-label={t('action.close')} />
          </div>
          <Modal.Body ref={setBody}>{children}</Modal.Body>
        </Modal.Content>
      </Modal.Root>
    </Mantine>
  )
}

/** Details beside the page; the whole width on a phone. */
export function SideSheet({ opened = true, title, onClose, children, width }: Props & { width: number }): ReactNode {
  const t = useT()
  useFocusReturn(opened)
  return (
    <Mantine>
      <Drawer.Root opened={opened} onClose={onClose} position="right" size={width}>
        <Drawer.Overlay />
        <Drawer.Content>
          <div className="dialog-head">
            <Drawer.Title>{title}</Drawer.Title>
            <Drawer.CloseButton aria-label={t('action.close')} />
          </div>
          <Drawer.Body>{children}</Drawer.Body>
        </Drawer.Content>
      </Drawer.Root>
    </Mantine>
  )
}
