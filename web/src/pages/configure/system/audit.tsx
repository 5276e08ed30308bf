import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { call, type CallReply } from '../../../api/client.ts'
import { useT } from '../../../i18n/language.ts'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { Instant } from '../../../widgets/instant.tsx'
import { actionWord, changedFields } from './audit-text.ts'

type Entry = CallReply<'GET /api/audit'>['entries'][number]

/** More than this is folded away: what changed should be seen at a glance, a whole plant file not. */
const SHOWN = 6

/** Who did what, from where, and what stood there before. */
export function Audit(): ReactNode {
  const t = useT()
  const query = useInfiniteQuery({
    queryKey: ['audit'],
    queryFn: async ({ pageParam, signal }) => await call('GET /api/audit', { query: { limit: 50, cursor: pageParam } }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.cursor ?? undefined,
  })
  const entries = query.data?.pages.flatMap((page) => page.entries) ?? []
  return (
    <div className="card">
      <ErrorNote error={query.error} retry={() => void query.refetch()} />
      <div className="table-wrap">
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">{t('config.when')}</th>
              <th scope="col">{t('config.who')}</th>
              <th scope="col">{t('config.what')}</th>
            </tr>
          </thead>
          <tbody>
            {entries.map((entry) => (
              <tr key={entry.id}>
                <td>
                  <Instant at={entry.at} />
                </td>
                <td>
                  {entry.who}
                  <div className="meta">
                    {entry.via} {entry.address}
                  </div>
                </td>
                <td>
                  <Deed entry={entry} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {query.hasNextPage && (
        <Button variant="default" fullWidth onClick={() => void query.fetchNextPage()}>
          {t('action.loadMore')}
        </Button>
      )}
    </div>
  )
}

function Deed({ entry }: { entry: Entry }): ReactNode {
  const t = useT()
  const word = actionWord(entry.action)
  const changes = changedFields(entry.before, entry.after)
  const added = entry.before === null || entry.before === undefined
  const list = (
    <ul className="plain-list meta" style={{ overflowWrap: 'anywhere' }}>
      {changes.map((change) => (
        <li key={change.field}>
          {change.field}: {!added && <>{change.before === undefined ? '–' : <del>{change.before}</del>} → </>}
          {change.after ?? '–'}
        </li>
      ))}
    </ul>
  )
  return (
    <>
      <strong>{entry.object}</strong> <span title={entry.action}>{word === undefined ? entry.action : t(word)}</span>
      {changes.length > 0 &&
        (changes.length <= SHOWN && !added ? (
          list
        ) : (
          <details className="meta">
            <summary>{t('config.details')}</summary>
            {list}
          </details>
        ))}
    </>
  )
}
