import { Button, Group, Switch, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { SHARES_VIEWS, type ViewPage } from '#domain/saved-view.ts'
import { call } from '../../api/client.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { CopyButton } from '../copy-button.tsx'
import { Dialog } from '../dialog.tsx'
import { ErrorNote } from '../error-note.tsx'
import './saved-views.css'

interface Props {
  readonly page: ViewPage
  /** What would be kept; null: there is nothing to keep. */
  readonly search: Readonly<Record<string, unknown>> | null
  /** Of what was kept once, maybe by an older version. */
  readonly onOpen: (search: Record<string, unknown>) => void
  readonly onClose: () => void
}

/** Views that were kept, one's own and the shared ones; keeps this one, and has the link to send it to a colleague. */
export function ViewsDialog({ page, search, onOpen, onClose }: Props): ReactNode {
  const t = useT()
  const { may } = useSession()
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const [shared, setShared] = useState(false)
  const queryKey = ['views', page]
  const views = useQuery({ queryKey, queryFn: async ({ signal }) => await call('GET /api/views', { query: { page } }, signal) })
  const refresh = async (): Promise<void> => await queries.invalidateQueries({ queryKey })
  const save = useMutation({
    mutationFn: async () => await call('POST /api/views', { body: { page, name, shared, search: { ...search } } }),
    onSuccess: async () => {
      setName('')
      await refresh()
    },
  })
  const remove = useMutation({
    mutationFn: async (id: number) => await call('DELETE /api/views/:id', { params: { id } }),
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
                  onOpen(view.search)
                  onClose()
                }}
              >
                {view.name}
              </button>
              <span className="meta">{view.mine ? t(view.shared ? 'views.shared' : 'views.mine') : view.owner}</span>
              {(view.mine || may('administrator')) && (
                <Button
                  variant="subtle"
                  size="compact-sm"
                  aria-label={`${t('views.remove')}: ${view.name}`}
                  onClick={() => remove.mutate(view.id)}
                >
                  {t('views.remove')}
                </Button>
              )}
            </li>
          ))}
        </ul>
        {search !== null && (
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
            {may(SHARES_VIEWS[page]) && (
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
