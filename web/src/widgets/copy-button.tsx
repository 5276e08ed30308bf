import { Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useT } from '../i18n/language.ts'

/** Copies a text. The pages are mostly served by plain http inside a plant, where browsers have no clipboard for scripts: then the old way. */
export function CopyButton({
  text,
  variant = 'default',
  size,
}: {
  text: string
  variant?: 'default' | 'filled'
  size?: string
}): ReactNode {
  const t = useT()
  const [copied, setCopied] = useState(false)
  const copy = async (from: HTMLElement): Promise<void> => {
    setCopied(await copyText(text, from))
    setTimeout(() => setCopied(false), 2000)
  }
  return (
    <Button variant={variant} {...(size === undefined ? {} : { size })} onClick={(event) => void copy(event.currentTarget)}>
      <span aria-live="polite">{copied ? t('action.copied') : t('action.copy')}</span>
    </Button>
  )
}

/** @param beside an element of the dialog that is open: a selection outside of it would be taken back at once */
async function copyText(text: string, beside: HTMLElement): Promise<boolean> {
  // typed as always there, but it is not without TLS
  const clipboard = navigator.clipboard as Clipboard | undefined
  if (clipboard !== undefined) {
    try {
      await clipboard.writeText(text)
      return true
    } catch {
      // refused by the browser's settings: the old way
    }
  }
  const field = document.createElement('textarea')
  field.value = text
  field.style.position = 'fixed'
  field.style.opacity = '0'
  beside.after(field)
  field.select()
  const done = document.execCommand('copy')
  field.remove()
  beside.focus()
  return done
}
