import { Button, CopyButton, Group, Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { useT } from '../../../i18n/language.ts'

interface Props {
  readonly title: string
  readonly hint: string
  /** Shown once; null shows nothing. */
  readonly text: string | null
  readonly onClose: () => void
}

/** A link or token that is never shown again. */
export function OneTime({ title, hint, text, onClose }: Props): ReactNode {
  const t = useT()
  return (
    <Modal opened={text !== null} onClose={onClose} title={title} size="lg" closeButtonProps={{ 'aria-label': t('action.close') }}>
      <div className="stack">
        <p>{hint}</p>
        <code style={{ overflowWrap: 'anywhere' }}>{text}</code>
        <Group justify="flex-end">
          <CopyButton value={text ?? ''}>
            {({ copied, copy }) => <Button onClick={copy}>{copied ? t('config.copied') : t('config.copy')}</Button>}
          </CopyButton>
          <Button variant="default" onClick={onClose}>
            {t('action.close')}
          </Button>
        </Group>
      </div>
    </Modal>
  )
}
