import { ActionIcon } from '@mantine/core'
import { IconSend } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { call, type CallReply } from '../../../api/client.ts'
import { useT } from '../../../i18n/language.ts'
import { Dialog } from '../../../widgets/dialog.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { useAction } from '../use-action.ts'
import { TestSteps } from './test-steps.tsx'

/** Sends a test message to one address as it stands in the form, and shows each step. */
export function TestOne({ channel, address }: { channel: string; address: string }): ReactNode {
  const t = useT()
  const action = useAction()
  const [answer, setAnswer] = useState<CallReply<'POST /api/gateways/:channel/test'> | null>(null)
  const [shown, setShown] = useState(false)
  const send = async (): Promise<void> => {
    setAnswer(null)
    setShown(true)
    await action.run(async () => setAnswer(await call('POST /api/gateways/:channel/test', { params: { channel }, body: { address } })))
  }
  return (
    <>
      <ActionIcon
        variant="subtle"
        size="lg"
        disabled={address.trim() === ''}
        loading={action.busy}
        aria-label={t('person.testOf', { address })}
        title={t('person.test')}
        onClick={() => void send()}
      >
        <IconSend size={16} aria-hidden />
      </ActionIcon>
      {shown && !action.busy && (
        <Dialog title={t('person.testOf', { address })} onClose={() => setShown(false)}>
          <ErrorNote error={action.error} />
          {answer !== null && <TestSteps steps={answer.steps} />}
        </Dialog>
      )}
    </>
  )
}
