import { Button, Group, Textarea } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { Alarm } from '../../api/replies.ts'
import { useT } from '../../i18n/language.ts'
import { Dialog } from '../../widgets/dialog.tsx'
import { SeverityMark } from '../../widgets/severity-mark.tsx'
import { useAcknowledge } from './acknowledge.ts'
import { alarmName } from './alarm-text.ts'

const LISTED = 5

/** Acknowledges one or many with an optional comment. Enter sends; Shift+Enter makes a new line. */
export function AcknowledgeDialog({ alarms, onClose }: { alarms: readonly Alarm[]; onClose: (done: boolean) => void }): ReactNode {
  const t = useT()
  const [comment, setComment] = useState('')
  const acknowledge = useAcknowledge()
  const send = (): void => acknowledge.mutate({ ids: alarms.map((alarm) => alarm.id), comment }, { onSuccess: () => onClose(true) })
  return (
    <Dialog onClose={() => onClose(false)} title={t('acknowledge.title', { count: alarms.length })}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        <ul className="plain-list stack" style={{ gap: 4 }}>
          {alarms.slice(0, LISTED).map((alarm) => (
            <li key={alarm.id} className="row">
              <SeverityMark alarm={alarm} word={false} />
              <span className="grow">
                {alarmName(alarm, t)} <span className="muted">{alarm.deviceCode}</span>
              </span>
            </li>
          ))}
          {alarms.length > LISTED && <li className="muted">{t('home.moreAlarms', { count: alarms.length - LISTED })}</li>}
        </ul>
        <Textarea
          label={t('acknowledge.comment')}
          placeholder={t('acknowledge.placeholder')}
          data-autofocus
          autosize
          minRows={2}
          maxLength={2000}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
            event.preventDefault()
            send()
          }}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={() => onClose(false)}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" loading={acknowledge.isPending}>
            {t('action.acknowledge')}
          </Button>
        </Group>
      </form>
    </Dialog>
  )
}
