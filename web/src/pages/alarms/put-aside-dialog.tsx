import { Button, Group, Textarea, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { Micros } from '#base/time.ts'
import { call } from '../../api/client.ts'
import { formatInstant, zoneName } from '../../format/instants.ts'
import { instantOf, localText } from '../../format/local-time.ts'
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
/** Until the date and time that somebody gives. */
const CHOSEN = 'chosen'
/** A shelf is no longer than that, in minutes; a minute less, as one is on one's way. */
const LONGEST = 7 * DAY - 1

/** Shelves rules, or takes a device out of service: with an end and a reason, which everybody sees. */
export function PutAsideDialog({ aside, onClose }: { aside: Aside; onClose: (done: boolean) => void }): ReactNode {
  const t = useT()
  const { locale, timeZone } = useSession()
  const [span, setSpan] = useState('480')
  const [reason, setReason] = useState('')
  const [missing, setMissing] = useState(false)
  const deed = useDeed()
  const device = aside.kind === 'device'
  const now = live.now()
  const [end, setEnd] = useState(() => localText(now + 8 * 60 * MINUTE, timeZone))
  const until = untilOf(span, now, instantOf(end, timeZone))
  const latest = device ? Infinity : now + LONGEST * MINUTE
  const wrongEnd = until === undefined || (until !== null && (until <= now || (span === CHOSEN && until > latest)))

  const send = (): void => {
    const why = reason.trim()
    setMissing(why === '')
    if (why === '' || wrongEnd) return
    const work = async (): Promise<void> => {
      if (aside.kind === 'device') {
        await call('PUT /api/devices/:id/maintenance', { params: { id: aside.deviceId }, body: { until, reason: why } })
        return
      }
      const ruleIds = aside.rules.map((rule) => rule.ruleId)
      await call('POST /api/rules/shelve', { body: { ruleIds, until: Math.min(until ?? latest, latest), reason: why } })
    }
    const done = aside.kind === 'device' ? t('aside.takenOut', { device: aside.deviceCode }) : t('aside.shelvedDone')
    deed.mutate({ work, done }, { onSuccess: () => onClose(true) })
  }

  const title =
    aside.kind === 'device' ? t('aside.takeOutTitle', { device: aside.deviceCode }) : t('aside.shelveTitle', { count: aside.rules.length })
  const time =
    until === null || until === undefined
      ? ''
      : `${formatInstant(until, 'dateTime', locale, timeZone)} ${zoneName(until, locale, timeZone)}`
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
              { value: CHOSEN, label: t('aside.chosen') },
              ...(device ? [{ value: OPEN, label: t('aside.open') }] : []),
            ]}
          />
          {span !== CHOSEN && <output className="numeric">{until === null ? t('aside.endsNever') : t('aside.ends', { time })}</output>}
        </div>
        {span === CHOSEN && (
          <TextInput
            type="datetime-local"
            label={t('aside.end', { zone: timeZone })}
            withAsterisk
            min={localText(now + MINUTE, timeZone)}
            {...(device ? {} : { max: localText(latest, timeZone) })}
            value={end}
            error={wrongEnd ? t(device ? 'aside.endPast' : 'aside.endWrong') : undefined}
            onChange={(event) => setEnd(event.currentTarget.value)}
          />
        )}
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

/**
 * When it ends, to the whole minute, so that what is read is what is meant.
 * @param chosen what somebody gave
 * @returns null: when somebody puts it back; undefined: nothing was given
 */
function untilOf(span: string, now: Micros, chosen: Micros | undefined): Micros | null | undefined {
  if (span === OPEN) return null
  if (span === CHOSEN) return chosen
  return Math.ceil((now + Number(span) * MINUTE) / MINUTE) * MINUTE
}
