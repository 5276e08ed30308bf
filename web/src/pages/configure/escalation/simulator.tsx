import { Button, NativeSelect, TextInput } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call, type CallReply } from '../../../api/client.ts'
import type { Severity } from '../../../api/replies.ts'
import { formatInstant } from '../../../format/instants.ts'
import { localText } from '../../../format/local-time.ts'
import { useT } from '../../../i18n/language.ts'
import { live } from '../../../live.ts'
import { useSession } from '../../../session.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { channelName } from '../../../widgets/channel-name.ts'
import { toldText } from '../../../widgets/told-text.ts'
import { useAction } from '../use-action.ts'
import { categoriesQuery } from '../../alarms/categories-query.ts'

type Rehearsal = CallReply<'POST /api/chains/simulate'>

/** If this alarm is raised then and nobody answers: who is told, when and how. Nothing is sent. */
export function Simulator(): ReactNode {
  const t = useT()
  const { devices, site, locale } = useSession()
  const action = useAction()
  const [severity, setSeverity] = useState<Severity>('critical')
  const [deviceId, setDeviceId] = useState(devices[0]?.id ?? 0)
  const [category, setCategory] = useState('')
  const { data: categories = [] } = useQuery(categoriesQuery)
  const [at, setAt] = useState(() => nextNight(site.timeZone))
  const [answer, setAnswer] = useState<Rehearsal | null>(null)
  const run = async (): Promise<void> => {
    await action.run(async () => setAnswer(await call('POST /api/chains/simulate', { body: { severity, deviceId, category, at } })))
  }
  const time = (instant: number): string => formatInstant(instant, 'dateTime', locale, site.timeZone)
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('esc.rehearsal')}</h2>
      </div>
      <div className="card-body stack">
        <span className="muted">{t('esc.rehearsalHint')}</span>
        <form
          className="form-grid"
          onSubmit={(event) => {
            event.preventDefault()
            void run()
          }}
        >
          <NativeSelect
            label={t('alarm.severity')}
            value={severity}
            data={(['critical', 'warning', 'info'] as const).map((one) => ({ value: one, label: t(`severity.${one}`) }))}
            onChange={(event) => setSeverity(event.currentTarget.value as Severity)}
          />
          <NativeSelect
            label={t('esc.device')}
            value={String(deviceId)}
            data={devices.map((one) => ({ value: String(one.id), label: one.code }))}
            onChange={(event) => setDeviceId(Number(event.currentTarget.value))}
          />
          {categories.length > 0 && (
            <NativeSelect
              label={t('filter.category')}
              value={category}
              data={[{ value: '', label: t('category.without') }, ...categories.map((path) => ({ value: path, label: path }))]}
              onChange={(event) => setCategory(event.currentTarget.value)}
            />
          )}
          <TextInput
            type="datetime-local"
            label={t('esc.raisedAt')}
            required
            value={at}
            onChange={(event) => setAt(event.currentTarget.value)}
          />
          <div style={{ alignSelf: 'end' }}>
            <Button
              type="submit"
              loading={action.busy}
              disabled={devices.length === 0}
              leftSection={<IconPlayerPlay size={16} aria-hidden />}
            >
              {t('esc.rehearse')}
            </Button>
          </div>
        </form>
        <ErrorNote error={action.error} />
        {answer !== null && (
          <div aria-live="polite">
            <p>{answer.chainName === null ? t('esc.noChainFits') : t('esc.byChain', { name: answer.chainName })}</p>
            <ol className="plain-list">
              {answer.moves.map((move) => (
                <li key={move.at} className="sim-move">
                  <span className="numeric">{time(move.at)}</span>
                  <div>
                    <strong>{move.kind === 'end' ? t('esc.simEnd') : move.groupName === '' ? t('esc.everybody') : move.groupName}</strong>
                    {move.people.map((one) => (
                      <div key={one.contactName}>
                        {one.contactName} · {channelName(one.channel)} {one.address}
                        {one.at > move.at && <span className="meta"> · {t('esc.after', { time: time(one.at) })}</span>}
                      </div>
                    ))}
                    {move.why !== '' && <div>{toldText(move.why, t)}</div>}
                    {move.skipped.map((one) => (
                      <div key={`${one.contactId} ${one.why}`} className="meta">
                        {one.contactName}: {toldText(one.why, t)}
                      </div>
                    ))}
                  </div>
                </li>
              ))}
            </ol>
          </div>
        )}
      </div>
    </section>
  )
}

/** The coming Sunday, ten past three: when it matters. */
function nextNight(timeZone: string): string {
  const day = new Date(`${localText(live.now(), timeZone).slice(0, 10)}T00:00Z`)
  day.setUTCDate(day.getUTCDate() + 7 - day.getUTCDay())
  return `${day.toISOString().slice(0, 10)}T03:10`
}
