import { Button, Group } from '@mantine/core'
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call, type CallReply } from '../../../api/client.ts'
import { formatBytes } from '../../../format/bytes.ts'
import { useT } from '../../../i18n/language.ts'
import { useSession } from '../../../session.tsx'
import { ConfirmDialog } from '../../../widgets/confirm-dialog.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { Instant } from '../../../widgets/instant.tsx'
import { tellDone } from '../../../widgets/notices.tsx'
import { effectOf } from './effect-of.ts'
import { RetentionSlider } from './retention-slider.tsx'

type Kept = CallReply<'GET /api/retention'>
type Policy = Kept['policy']
const KINDS = [
  ['samplesDays', 'samples', 'retention.samples'],
  ['alarmsDays', 'alarms', 'retention.alarms'],
  ['messagesDays', 'messages', 'retention.messages'],
] as const

const retentionQuery = queryOptions({
  queryKey: ['config', 'retention'],
  queryFn: async ({ signal }) => await call('GET /api/retention', {}, signal),
})

/** For how long records are kept, with what each choice takes away before it is made. */
export function Retention(): ReactNode {
  const t = useT()
  const query = useQuery(retentionQuery)
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('retention.title')}</h2>
      </div>
      <div className="card-body stack">
        <ErrorNote error={query.error} retry={() => void query.refetch()} />
        {query.data !== undefined && <RetentionForm key={JSON.stringify(query.data.policy)} kept={query.data} />}
      </div>
    </section>
  )
}

function RetentionForm({ kept }: { kept: Kept }): ReactNode {
  const t = useT()
  const queries = useQueryClient()
  const { may, locale } = useSession()
  const [draft, setDraft] = useState<Policy>(kept.policy)
  const [asking, setAsking] = useState(false)
  const changed = JSON.stringify(draft) !== JSON.stringify(kept.policy)
  const bytes = KINDS.reduce((sum, [key, kind]) => sum + (effectOf(kept[kind], draft[key])?.bytes ?? 0), 0)
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        setAsking(true)
      }}
    >
      <p className="muted">{t('retention.text')}</p>
      {KINDS.map(([key, kind, label]) => (
        <RetentionSlider
          key={key}
          label={t(label)}
          days={draft[key]}
          steps={kept[kind].effects.map((one) => one.days)}
          kept={kept[kind]}
          hint={kind === 'samples' && kept.samples.oldest === null ? t('storage.nothingSealed') : undefined}
          disabled={!may('administrator')}
          onChange={(days) => setDraft({ ...draft, [key]: days })}
        />
      ))}
      <RetentionSlider
        label={t('retention.csvFiles')}
        days={draft.csvFilesDays}
        steps={kept.samples.effects.map((one) => one.days)}
        kept={null}
        hint={t('retention.csvHint')}
        disabled={!may('administrator')}
        onChange={(csvFilesDays) => setDraft({ ...draft, csvFilesDays })}
      />
      <p className="meta">
        {t('retention.next')} <Instant at={kept.nextRun} show="dateTime" />
        {kept.lastRun !== null && (
          <>
            {' · '}
            {t('retention.last')} <Instant at={kept.lastRun.endedAt ?? kept.lastRun.dueAt} show="dateTime" />
          </>
        )}
      </p>
      {may('administrator') && (
        <Group justify="flex-end">
          <Button variant="default" disabled={!changed} onClick={() => setDraft(kept.policy)}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" disabled={!changed}>
            {t('action.save')}
          </Button>
        </Group>
      )}
      <ConfirmDialog
        opened={asking}
        title={t('retention.confirmTitle')}
        confirm={t('action.save')}
        danger={bytes > 0}
        onConfirm={async () => {
          await call('PUT /api/retention', { body: draft })
          await queries.invalidateQueries({ queryKey: retentionQuery.queryKey })
          tellDone(t('config.savedSettings'))
        }}
        onClose={() => setAsking(false)}
      >
        {bytes > 0 ? t('retention.confirmText', { size: formatBytes(bytes, locale) }) : t('retention.confirmNothing')}
      </ConfirmDialog>
    </form>
  )
}
