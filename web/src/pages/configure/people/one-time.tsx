import { Button, Group } from '@mantine/core'
import type { ReactNode } from 'react'
import { useT } from '../../../i18n/language.ts'
import { CopyButton } from '../../../widgets/copy-button.tsx'
import { Dialog } from '../../../widgets/dialog.tsx'

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
    <Dialog opened={text !== null} onClose={onClose} title={title} size="lg">
      <div className="stack">
        <p>{hint}</p>
        <code style={{ overflowWrap: 'anywhere' }}>{text}</code>
        <Group justify="flex-end">
          <CopyButton text={text ?? ''} variant="filled" />
          <Button variant="default" onClick={onClose}>
            {t('action.close')}
          </Button>
        </Group>
      </div>
    </Dialog>
  )
}
