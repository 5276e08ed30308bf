import { IconClockPause, IconRotate, IconTool } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { call } from '../../api/client.ts'
import type { Alarm } from '../../api/replies.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { Button } from '../../widgets/controls/button.tsx'
import { IconButton } from '../../widgets/controls/icon-button.tsx'
import { alarmName } from './alarm-text.ts'
import type { Aside } from './put-aside-dialog.tsx'
import { useDeed } from './suppressions-query.ts'
import { useHandles } from './use-handles.ts'

interface Props {
  readonly alarm: Alarm
  readonly onAside: (aside: Aside) => void
  /** With words, for a thumb, and without what concerns the whole device; else pictures, for a row. */
  readonly words?: boolean
}

/** What an operator does with an alarm beside acknowledging it: shelve it, reset it, take its device out of service. */
export function AlarmActions({ alarm, onAside, words = false }: Props): ReactNode {
  const t = useT()
  const { may, device } = useSession()
  const handles = useHandles()
  const deed = useDeed()
  const name = alarmName(alarm, t)
  const { ruleId, deviceId, deviceCode } = alarm
  if (!handles(alarm) || alarm.closedAt !== null) return null
  const acts = [
    ...(alarm.latched === true && ruleId !== null
      ? [
          {
            key: 'reset',
            label: t('aside.resetRow', { name }),
            short: t('aside.reset'),
            icon: <IconRotate size={18} aria-hidden />,
            run: () =>
              deed.mutate({ work: () => call('POST /api/rules/:id/reset', { params: { id: ruleId } }), done: t('aside.resetDone') }),
          },
        ]
      : []),
    ...(ruleId !== null && alarm.suppressed !== 'shelved'
      ? [
          {
            key: 'shelve',
            label: t('aside.shelveRow', { name }),
            short: t('aside.shelve'),
            icon: <IconClockPause size={18} aria-hidden />,
            run: () => onAside({ kind: 'rules', rules: [{ ruleId, name, deviceCode }] }),
          },
        ]
      : []),
    ...(!words && may('engineer') && alarm.suppressed !== 'out_of_service' && device(deviceId) !== undefined
      ? [
          {
            key: 'service',
            label: t('aside.takeOut', { device: deviceCode }),
            short: t('aside.takeOut', { device: deviceCode }),
            icon: <IconTool size={18} aria-hidden />,
            run: () => onAside({ kind: 'device', deviceId, deviceCode }),
          },
        ]
      : []),
  ]
  if (words) {
    return acts.map(({ key, short, run }) => (
      <Button key={key} variant="default" size="md" aria-label={`${short}: ${name}`} onClick={run}>
        {short}
      </Button>
    ))
  }
  return (
    <span className="row-actions">
      {acts.map(({ key, label, icon, run }) => (
        <IconButton key={key} aria-label={label} title={label} onClick={run}>
          {icon}
        </IconButton>
      ))}
    </span>
  )
}
