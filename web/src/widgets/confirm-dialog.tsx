import { Button, Group } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useT } from '../i18n/language.ts'
import { Dialog } from './dialog.tsx'
import { ErrorNote } from './error-note.tsx'

interface Props {
  readonly opened: boolean
  readonly title: string
  readonly children: ReactNode
  /** The verb on the button: "Remove PS-01". */
  readonly confirm: string
  readonly danger?: boolean
  readonly onConfirm: () => Promise<unknown>
  readonly onClose: () => void
}

/** Asks before something that cannot be undone; stays open with the reason when it fails. */
export function ConfirmDialog({ opened, title, children, confirm, danger = false, onConfirm, onClose }: Props): ReactNode {
  const t = useT()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const close = (): void => {
    setError(null)
    onClose()
  }
  const run = async (): Promise<void> => {
    setBusy(true)
    setError(null)
    try {
      await onConfirm()
      close()
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog opened={opened} onClose={close} title={title}>
      <div className="stack">
        <div>{children}</div>
        <ErrorNote error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t('action.cancel')}
          </Button>
          <Button color={danger ? 'critical' : 'accent'} loading={busy} onClick={() => void run()} data-autofocus>
            {confirm}
          </Button>
        </Group>
      </div>
    </Dialog>
  )
}
