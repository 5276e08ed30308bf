import { Button } from '@mantine/core'
import { IconArrowBackUp } from '@tabler/icons-react'
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call } from '../../../api/client.ts'
import { useT } from '../../../i18n/language.ts'
import { bootstrapQuery } from '../../../session.tsx'
import { ConfirmDialog } from '../../../widgets/confirm-dialog.tsx'
import { Instant } from '../../../widgets/instant.tsx'
import { tellDone } from '../../../widgets/notices.tsx'

export const lastImportQuery = queryOptions({
  queryKey: ['sheets', 'last'],
  queryFn: async ({ signal }) => await call('GET /api/sheets/last', {}, signal),
})

/** The last import and its way back. */
export function LastImport(): ReactNode {
  const t = useT()
  const queries = useQueryClient()
  const { data } = useQuery(lastImportQuery)
  const [asking, setAsking] = useState(false)
  const last = data?.last ?? null
  if (last === null) return null
  const undo = async (): Promise<void> => {
    const { undone } = await call('POST /api/sheets/undo', {})
    tellDone(t('sheets.undone', { count: undone }))
    await queries.invalidateQueries({ queryKey: lastImportQuery.queryKey })
    await queries.invalidateQueries({ queryKey: bootstrapQuery.queryKey })
  }
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('sheets.last')}</h2>
      </div>
      <div className="card-body row spread">
        <span>
          {last.files.join(', ')} · {t('sheets.changes', { count: last.changes })} · {last.who} · <Instant at={last.at} />
        </span>
        {last.undoneAt === null ? (
          <Button variant="default" leftSection={<IconArrowBackUp size={16} aria-hidden />} onClick={() => setAsking(true)}>
            {t('sheets.undo')}
          </Button>
        ) : (
          <span className="pill">{t('sheets.wasUndone')}</span>
        )}
      </div>
      <ConfirmDialog
        opened={asking}
        title={t('sheets.undoTitle')}
        confirm={t('sheets.undo')}
        onConfirm={undo}
        onClose={() => setAsking(false)}
      >
        {t('sheets.undoText')}
      </ConfirmDialog>
    </section>
  )
}
