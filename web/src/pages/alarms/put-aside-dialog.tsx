import { Button, Group, Textarea } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { call } from '../../api/client.ts'
import { formatInstant, zoneName } from '../../format/instants.ts'
import { useT } from '../../i18n/language.ts'
import { live } from '../../live.ts'
import { useSession } from '../../session.tsx'
import { Segments } from '../../widgets/controls/segments.tsx'
import { Dialog } from '../../widgets/dialog.tsx'
import { useDeed } from './suppressions-query.ts'

/** What nobody shall be told of for a while. */
export type Aside =
  | { readonly kind: 'rules'; readonly rules: readonly { readonly ruleId: number; readonly name: string; readonly deviceCode: string }[] }
  | { readonly kind: 'device'; readonly deviceId: number; readonly deviceCode: string }

const MINUTE = 60_000_000
const DAY = 1440
/** Of maintenance: until somebody puts the device back. */
const OPEN = 'open'

/** Shelves rules, or takes a device out of service: with an end and a reason, which everybody sees. */
export function PutAsideDialog({ aside, onClose }: { aside: Aside; onClose: (done: boolean) => void }): ReactNode {
  const t = useT()
  const { locale, timeZone } = useSession()
  const [span, setSpan] = useState('480')
  const [reason, setReason] = useState('')
  const [missing, setMissing] = useState(false)
  const deed = useDeed()
  const device = aside.kind === 'device'
  // to the whole minute, so that what is read is what is meant
  const until = span === OPEN ? null : Math.ceil((live.now() + Number(span) * MINUTE) / MINUTE) * MINUTE
  const latest = live.now() + (7 * DAY - 1) * MINUTE

  const send = (): void => {
    const why = reason.trim()
    setMissing(why === '')
    if (why === '') return
    const work = async (): Promise<void> => {
      if (aside.kind === 'device') {
        await call('PUT /api/devices/:id/maintenance', { params: { id: aside.deviceId }, body: { until, reason: why } })
        return
      }
      for (const { ruleId } of aside.rules) {
        await call('POST /api/rules/:id/shelve', {
          params: { id: ruleId },
          body: { until: Math.min(until ?? latest, latest), reason: why },
        })
      }
    }
    const done = aside.kind === 'device' ? t('aside.takenOut', { device: aside.deviceCode }) : t('aside.shelvedDone')
    deed.mutate({ work, done }, { onSuccess: () => onClose(true) })
  }

  const title =
    aside.kind === 'device' ? t('aside.takeOutTitle', { device: aside.deviceCode }) : t('aside.shelveTitle', { count: aside.rules.length })
  const time = until === null ? '' : `${formatInstant(until, 'dateTime', locale, timeZone)} ${zoneName(until, locale, timeZone)}`
  return (
    <Dialog onClose={() => onClose(false)} title={title}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        {aside.kind === 'rules' && (
          <ul className="plain-list">
            {aside.rules.map((rule) => (
              <li key={rule.ruleId}>
                <strong>{rule.name}</strong> <span className="muted">{rule.deviceCode}</span>
              </li>
            ))}
          </ul>
        )}
        <p className="muted">{t(device ? 'aside.takeOutHint' : 'aside.shelveHint')}</p>
        <div className="spans">
          <Segments
            label={t('aside.howLong')}
            value={span}
            onChange={setSpan}
            choices={[
              { value: '15', label: t('aside.minutes', { count: 15 }) },
              ...[1, 4, 8].map((count) => ({ value: String(count * 60), label: t('aside.hours', { count }) })),
              ...[1, 3, 7].map((count) => ({ value: String(count * DAY), label: t('aside.days', { count }) })),
              ...(device ? [{ value: OPEN, label: t('aside.open') }] : []),
            ]}
          />
          <output className="numeric">{until === null ? t('aside.endsNever') : t('aside.ends', { time })}</output>
        </div>
        <Textarea
          label={t('aside.reason')}
          placeholder={t('aside.reasonPlaceholder')}
          data-autofocus
          withAsterisk
          autosize
          minRows={2}
          maxLength={2000}
          value={reason}
          error={missing ? t('aside.reasonMissing') : undefined}
          onChange={(event) => setReason(event.currentTarget.value)}
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
          <Button type="submit" loading={deed.isPending}>
            {t(device ? 'aside.confirmTakeOut' : 'aside.confirmShelve')}
          </Button>
        </Group>
      </form>
    </Dialog>
  )
}
