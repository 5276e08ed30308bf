import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call } from '../../../api/client.ts'
import { useT } from '../../../i18n/language.ts'
import type { Translate } from '../../../i18n/translate.ts'
import { live } from '../../../live.ts'
import { ConfirmDialog } from '../../../widgets/confirm-dialog.tsx'
import { Instant } from '../../../widgets/instant.tsx'
import { tellDone } from '../../../widgets/notices.tsx'
import { alarmName } from '../../alarms/alarm-text.ts'
import { type Change, groupChanges, type SameChange } from './group-changes.ts'

type Chain = Change['after']

/** Groups of alarms, and numbers of one, that are shown. */
const MOST_SHOWN = 20

/** Where a chain was changed after its alarms came: they go on as they began until somebody wants it otherwise. */
export function PolicyChanges(): ReactNode {
  const t = useT()
  const queries = useQueryClient()
  const { data: changes = [] } = useQuery({
    queryKey: ['cases', 'changes'],
    queryFn: async ({ signal }) => await call('GET /api/cases/changes', {}, signal),
    refetchInterval: 5000,
  })
  const [asked, setAsked] = useState<readonly Change[] | null>(null)
  const apply = async (): Promise<void> => {
    const done = await call('POST /api/cases/changes', { body: { caseIds: asked?.map((one) => one.caseId) ?? [] } })
    await queries.invalidateQueries({ queryKey: ['cases'] })
    const numbers = done.map((one) => `#${one.displayNumber}`).join(', ')
    tellDone(done.length === 0 ? t('reapply.nothing') : t('reapply.done', { numbers }))
  }
  const groups = asked === null ? [] : groupChanges(asked, live.now())
  return (
    <>
      {changes.length > 0 && (
        <div className="row spread" style={{ paddingBlock: 8 }}>
          <span>{t('reapply.changed', { count: changes.length })}</span>
          <Button size="xs" variant="default" onClick={() => setAsked(changes)}>
            {t('reapply.ask')}
          </Button>
        </div>
      )}
      <ConfirmDialog
        opened={asked !== null}
        title={t('reapply.title')}
        confirm={t('reapply.confirm')}
        onConfirm={apply}
        onClose={() => setAsked(null)}
      >
        <div className="stack">
          <p className="muted">{t('reapply.hint')}</p>
          {groups.slice(0, MOST_SHOWN).map((one) => (
            <ChangeText key={one.first.caseId} change={one} />
          ))}
          {groups.length > MOST_SHOWN && (
            <p>{t('reapply.more', { count: groups.slice(MOST_SHOWN).reduce((sum, one) => sum + one.alarms.length, 0) })}</p>
          )}
        </div>
      </ConfirmDialog>
    </>
  )
}

function ChangeText({ change }: { change: SameChange }): ReactNode {
  const t = useT()
  const { first, alarms } = change
  const { before, after, toldAlready, next } = first
  const atOnce = next !== null && change.next !== null && change.next.to <= live.now()
  const named = alarms
    .slice(0, alarms.length > MOST_SHOWN ? MOST_SHOWN - 1 : MOST_SHOWN)
    .map((one) => `#${one.displayNumber} ${alarmName({ kind: one.alarmKind, name: one.alarmName }, t)}`)
  const more = alarms.length - named.length
  return (
    <section className="stack" style={{ gap: 2 }}>
      <h3>
        {named.join(', ')}
        {more > 0 && ` ${t('reapply.more', { count: more })}`}
      </h3>
      <div>
        <span className="muted">{t('reapply.before')}</span> {before === null ? t('reapply.once') : chainText(before)}
      </div>
      <div>
        <span className="muted">{t('reapply.after')}</span> {chainText(after)}
      </div>
      {rest(before, after, t).map((line) => (
        <div key={line}>{line}</div>
      ))}
      {toldAlready.length > 0 && <div>{t('reapply.toldAlready', { groups: toldAlready.join(', ') })}</div>}
      <strong>
        {next === null
          ? t(change.next === null ? 'reapply.nobody' : 'reapply.nobodyUntil')
          : t(atOnce ? 'reapply.nextNow' : 'reapply.next', { group: next })}{' '}
        {change.next !== null && !atOnce && (
          <>
            <Instant at={change.next.from} />
            {change.next.to > change.next.from && (
              <>
                {' – '}
                <Instant at={change.next.to} />
              </>
            )}
          </>
        )}
      </strong>
    </section>
  )
}

function chainText({ name, steps }: Chain): string {
  return `${name}: ${steps.map((one) => `${one.groupName} (${one.attempts}×, ${one.waitMinutes} min)`).join(' → ')}`
}

/** What else is different, each with what it was and what it will be. */
function rest(before: Chain | null, after: Chain, t: Translate): readonly string[] {
  if (before === null) return []
  const hours = (minutes: number): string => String(minutes / 60)
  const pairs = [
    [t('esc.onClear'), t(`esc.onClear.${before.onClear}`), t(`esc.onClear.${after.onClear}`)],
    [t('esc.repeat'), hours(before.repeatMinutes), hours(after.repeatMinutes)],
    [t('esc.maxAge'), hours(before.maxAgeMinutes), hours(after.maxAgeMinutes)],
  ] as const
  return pairs.flatMap(([label, was, is]) => (was === is ? [] : [`${label}: ${was} → ${is}`]))
}
