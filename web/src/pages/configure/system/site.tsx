import { Button, Group, NativeSelect, TextInput } from '@mantine/core'
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { LANGUAGES } from '#domain/contact.ts'
import { call, type CallReply } from '../../../api/client.ts'
import { useT } from '../../../i18n/language.ts'
import { bootstrapQuery } from '../../../session.tsx'
import { LANGUAGE_NAMES } from '../../../i18n/language-names.ts'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { PageHead } from '../../../widgets/page-head.tsx'
import { fieldErrors } from '../../../widgets/schema-form/schema.ts'
import { Crumbs } from '../crumbs.tsx'
import { useAction } from '../use-action.ts'
import { ReportByException } from './report-by-exception.tsx'
import '../configure.css'

type Settings = CallReply<'GET /api/settings'>

const settingsQuery = queryOptions({
  queryKey: ['config', 'settings'],
  queryFn: async ({ signal }) => await call('GET /api/settings', {}, signal),
})

/** Name, zone and language of the site, and how samples are spared. */
export function SitePage(): ReactNode {
  const t = useT()
  const query = useQuery(settingsQuery)
  return (
    <>
      <Crumbs />
      <PageHead title={t('config.site')} />
      <ErrorNote error={query.error} retry={() => void query.refetch()} />
      {query.data !== undefined && <SiteForm settings={query.data} />}
    </>
  )
}

function SiteForm({ settings }: { settings: Settings }): ReactNode {
  const t = useT()
  const queries = useQueryClient()
  const action = useAction()
  const [draft, setDraft] = useState(settings)
  const errors = fieldErrors(action.error, 'site')
  const site = (change: Partial<Settings['site']>): void => setDraft({ ...draft, site: { ...draft.site, ...change } })
  const save = async (): Promise<void> => {
    await action.run(async () => {
      await call('PUT /api/settings', { body: draft })
      await queries.invalidateQueries({ queryKey: settingsQuery.queryKey })
      await queries.invalidateQueries({ queryKey: bootstrapQuery.queryKey })
    }, t('config.savedSettings'))
  }
  return (
    <form
      className="card card-body stack"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <div className="form-grid">
        <TextInput
          label={t('config.siteName')}
          required
          maxLength={200}
          value={draft.site.name}
          error={errors['name']}
          onChange={(event) => site({ name: event.currentTarget.value })}
        />
        <NativeSelect
          label={t('config.timeZone')}
          description={t('config.timeZoneHint')}
          value={draft.site.timeZone}
          error={errors['timeZone']}
          data={zones(draft.site.timeZone)}
          onChange={(event) => site({ timeZone: event.currentTarget.value })}
        />
        <NativeSelect
          label={t('config.language')}
          value={draft.site.language}
          data={LANGUAGES.map((one) => ({ value: one, label: LANGUAGE_NAMES[one] }))}
          onChange={(event) => site({ language: LANGUAGES.find((one) => one === event.currentTarget.value) ?? 'en' })}
        />
        <TextInput
          label={t('config.publicUrl')}
          description={t('config.publicUrlHint')}
          placeholder="http://plant.local"
          value={draft.site.publicUrl}
          error={errors['publicUrl']}
          onChange={(event) => site({ publicUrl: event.currentTarget.value })}
        />
      </div>
      <h2>{t('config.rbe')}</h2>
      <p className="muted">{t('config.rbeHint')}</p>
      <ReportByException policies={draft.reportByException} onChange={(reportByException) => setDraft({ ...draft, reportByException })} />
      <ErrorNote error={Object.keys(errors).length > 0 ? null : action.error} />
      <Group justify="flex-end">
        <Button type="submit" loading={action.busy}>
          {t('action.save')}
        </Button>
      </Group>
    </form>
  )
}

function zones(current: string): string[] {
  const known = Intl.supportedValuesOf('timeZone')
  return [...new Set([current, 'UTC', ...known])]
}
