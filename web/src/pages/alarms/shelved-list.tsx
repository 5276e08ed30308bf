import { IconClockPause } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call } from '../../api/client.ts'
import { useT } from '../../i18n/language.ts'
import { Button } from '../../widgets/controls/button.tsx'
import { CheckBox } from '../../widgets/controls/check-box.tsx'
import { EmptyState } from '../../widgets/empty-state.tsx'
import { ErrorNote } from '../../widgets/error-note.tsx'
import { FocusInherited } from '../../widgets/focus-inherited.tsx'
import { Instant } from '../../widgets/instant.tsx'
import { HiddenItem, RuleTitle, Standing } from './hidden-item.tsx'
import { SuppressionLog } from './suppression-log.tsx'
import { suppressionsQuery, useDeed } from './suppressions-query.ts'
import { useHandles } from './use-handles.ts'

const none: ReadonlySet<number> = new Set()
const ACTS: ReadonlySet<string> = new Set(['shelved', 'unshelved', 'shelf_ended'])

/** What somebody put aside: until when, why, and the one click that brings it back, or many at once. */
export function ShelvedList(): ReactNode {
  return (
    <FocusInherited of=".hidden-action button">
      <Shelves />
    </FocusInherited>
  )
}

function Shelves(): ReactNode {
  const t = useT()
  const handles = useHandles()
  const { data, error, refetch } = useQuery(suppressionsQuery)
  const [chosen, setChosen] = useState(none)
  const deed = useDeed()
  if (data === undefined) return <ErrorNote error={error} retry={() => void refetch()} />
  // somebody else's can be seen, and not brought back
  const all = data.shelves.filter(handles).map((shelf) => shelf.ruleId)
  // what ended meanwhile is no longer selected
  const selected = all.filter((ruleId) => chosen.has(ruleId))
  const toggle = (ruleId: number): void => {
    const next = new Set(chosen)
    if (!next.delete(ruleId)) next.add(ruleId)
    setChosen(next)
  }
  const bringBack = (ruleIds: readonly number[]): void =>
    deed.mutate({
      work: () => call('POST /api/rules/unshelve', { body: { ruleIds: [...ruleIds] } }),
      done: t('aside.unshelvedDone'),
    })
  return (
    <>
      <ErrorNote error={error} retry={() => void refetch()} />
      {data.shelves.length === 0 && (
        <div className="card">
          <EmptyState title={t('hidden.noShelves')} hint={t('hidden.noShelvesHint')} icon={<IconClockPause size={40} aria-hidden />} />
        </div>
      )}
      {all.length > 1 && (
        <div className="row spread wrap">
          <CheckBox
            label={t('aside.selectAll')}
            checked={selected.length === all.length}
            onChange={() => setChosen(selected.length === all.length ? none : new Set(all))}
          />
          <Button size="md" disabled={selected.length === 0} loading={deed.isPending} onClick={() => bringBack(selected)}>
            {selected.length === 0 ? t('aside.unshelve') : t('aside.unshelveMany', { count: selected.length })}
          </Button>
        </div>
      )}
      {data.shelves.length > 0 && (
        <ul className="plain-list hidden-list" aria-label={t('tabs.shelved')}>
          {data.shelves.map((shelf) => (
            <HiddenItem
              key={shelf.ruleId}
              title={<RuleTitle rule={shelf} />}
              select={
                all.length > 1 &&
                handles(shelf) && (
                  <CheckBox
                    aria-label={t('aside.select', { name: shelf.name })}
                    checked={chosen.has(shelf.ruleId)}
                    onChange={() => toggle(shelf.ruleId)}
                  />
                )
              }
              facts={[
                [t('hidden.why'), shelf.reason],
                [t('hidden.who'), shelf.who],
                [t('hidden.since'), <Instant key="at" at={shelf.at} />],
                [t('hidden.until'), <Instant key="until" at={shelf.until} />],
                [t('hidden.now'), <Standing key="now" rule={shelf} />],
              ]}
              action={
                handles(shelf) && (
                  <Button
                    variant="default"
                    size="md"
                    loading={deed.isPending}
                    aria-label={`${t('aside.unshelve')}: ${shelf.name}`}
                    onClick={() => bringBack([shelf.ruleId])}
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
