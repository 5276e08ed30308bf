import { Button, Group, Switch, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call } from '../../api/client.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { CopyButton } from '../../widgets/copy-button.tsx'
import { Dialog } from '../../widgets/dialog.tsx'
import { ErrorNote } from '../../widgets/error-note.tsx'
import { trendsSearch, type TrendsSearch } from './trends-search.ts'

interface Props {
  readonly search: TrendsSearch
  readonly onOpen: (search: TrendsSearch) => void
  readonly onClose: () => void
}

/** Views that were kept, one's own and the shared ones; keeps this one, and has the link to send it to a colleague. */
export function ViewsDialog({ search, onOpen, onClose }: Props): ReactNode {
  const t = useT()
  const { may } = useSession()
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const [shared, setShared] = useState(false)
  const views = useQuery({ queryKey: ['trend-views'], queryFn: async ({ signal }) => await call('GET /api/trend-views', {}, signal) })
  const refresh = async (): Promise<void> => await queries.invalidateQueries({ queryKey: ['trend-views'] })
  const save = useMutation({
    mutationFn: async () => await call('POST /api/trend-views', { body: { name, shared, search: { ...search } } }),
    onSuccess: async () => {
      setName('')
      await refresh()
    },
  })
  const remove = useMutation({
    mutationFn: async (id: number) => await call('DELETE /api/trend-views/:id', { params: { id } }),
    onSuccess: refresh,
  })
  return (
    <Dialog title={t('views.title')} onClose={onClose}>
      <div className="stack">
        <ErrorNote error={views.error ?? save.error ?? remove.error} />
        {views.data?.views.length === 0 && <p className="muted">{t('views.none')}</p>}
        <ul className="plain-list view-list">
          {views.data?.views.map((view) => (
            <li key={view.id}>
              <button
                type="button"
                className="view-open"
                onClick={() => {
                  onOpen(trendsSearch(view.search))
                  onClose()
                }}
              >
                {view.name}
              </button>
              <span className="meta">{view.mine ? (view.shared ? t('views.shared') : t('views.mine')) : view.owner}</span>
              {(view.mine || may('administrator')) && (
                <Button variant="subtle" size="compact-sm" onClick={() => remove.mutate(view.id)}>
                  {t('notes.remove')}
                </Button>
              )}
            </li>
          ))}
        </ul>
        {(search.tags ?? []).length > 0 && (
          <form
            className="stack"
            onSubmit={(event) => {
              event.preventDefault()
              save.mutate()
            }}
          >
            <TextInput
              label={t('views.name')}
              description={t('views.nameHint')}
              maxLength={100}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            {may('operator') && (
              <Switch label={t('views.share')} checked={shared} onChange={(event) => setShared(event.currentTarget.checked)} />
            )}
            <Group justify="flex-end">
              <span className="meta grow">{t('views.link')}</span>
              <CopyButton text={window.location.href} />
              <Button type="submit" loading={save.isPending} disabled={name.trim() === ''}>
                {t('action.save')}
              </Button>
            </Group>
          </form>
        )}
      </div>
    </Dialog>
  )
}
