import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call, type CallReply } from '../../../api/client.ts'
import { useT } from '../../../i18n/language.ts'
import type { Translate } from '../../../i18n/translate.ts'
import { live } from '../../../live.ts'
import { ConfirmDialog } from '../../../widgets/confirm-dialog.tsx'
import { Instant } from '../../../widgets/instant.tsx'
import { tellDone } from '../../../widgets/notices.tsx'
import { alarmName } from '../../alarms/alarm-text.ts'

type Change = CallReply<'GET /api/cases/changes'>[number]
type Chain = Change['after']

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
          {asked?.slice(0, MOST_SHOWN).map((one) => (
            <ChangeText key={one.caseId} change={one} />
          ))}
          {asked !== null && asked.length > MOST_SHOWN && <p>{t('reapply.more', { count: asked.length - MOST_SHOWN })}</p>}
        </div>
      </ConfirmDialog>
    </>
  )
}

function ChangeText({ change }: { change: Change }): ReactNode {
  const t = useT()
  const { before, after, toldAlready, next, nextActionAt } = change
  const atOnce = next !== null && nextActionAt !== null && nextActionAt <= live.now()
  return (
    <section className="stack" style={{ gap: 2 }}>
      <h3>
        #{change.displayNumber} {alarmName({ kind: change.alarmKind, name: change.alarmName }, t)}
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
          ? t(nextActionAt === null ? 'reapply.nobody' : 'reapply.nobodyUntil')
          : t(atOnce ? 'reapply.nextNow' : 'reapply.next', { group: next })}{' '}
        {nextActionAt !== null && !atOnce && <Instant at={nextActionAt} />}
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
