import { IconClockPause } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { call } from '../../api/client.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { Button } from '../../widgets/controls/button.tsx'
import { EmptyState } from '../../widgets/empty-state.tsx'
import { ErrorNote } from '../../widgets/error-note.tsx'
import { Instant } from '../../widgets/instant.tsx'
import { HiddenItem, RuleTitle, Standing } from './hidden-item.tsx'
import { SuppressionLog } from './suppression-log.tsx'
import { suppressionsQuery, useDeed } from './suppressions-query.ts'

const ACTS: ReadonlySet<string> = new Set(['shelved', 'unshelved', 'shelf_ended'])

/** What somebody put aside: until when, why, and the one click that brings it back. */
export function ShelvedList(): ReactNode {
  const t = useT()
  const { may } = useSession()
  const { data, error, refetch } = useQuery(suppressionsQuery)
  const deed = useDeed()
  if (data === undefined) return <ErrorNote error={error} retry={() => void refetch()} />
  return (
    <>
      <ErrorNote error={error} retry={() => void refetch()} />
      {data.shelves.length === 0 ? (
        <div className="card">
          <EmptyState title={t('hidden.noShelves')} hint={t('hidden.noShelvesHint')} icon={<IconClockPause size={40} aria-hidden />} />
        </div>
      ) : (
        <ul className="plain-list hidden-list" aria-label={t('tabs.shelved')}>
          {data.shelves.map((shelf) => (
            <HiddenItem
              key={shelf.ruleId}
              title={<RuleTitle rule={shelf} />}
              facts={[
                [t('hidden.why'), shelf.reason],
                [t('hidden.who'), shelf.who],
                [t('hidden.since'), <Instant key="at" at={shelf.at} />],
                [t('hidden.until'), <Instant key="until" at={shelf.until} />],
                [t('hidden.now'), <Standing key="now" rule={shelf} />],
              ]}
              action={
                may('operator') && (
                  <Button
                    variant="default"
                    size="md"
                    loading={deed.isPending}
                    aria-label={`${t('aside.unshelve')}: ${shelf.name}`}
                    onClick={() =>
                      deed.mutate({
                        work: () => call('POST /api/rules/:id/unshelve', { params: { id: shelf.ruleId } }),
                        done: t('aside.unshelvedDone'),
                      })
                    }
                  >
                    {t('aside.unshelve')}
                  </Button>
                )
              }
            />
          ))}
        </ul>
      )}
      <SuppressionLog entries={data.history.filter((entry) => ACTS.has(entry.act))} />
    </>
  )
}
