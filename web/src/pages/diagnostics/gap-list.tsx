import type { ReactNode } from 'react'
import type { CallReply } from '../../api/client.ts'
import { formatAge } from '../../format/instants.ts'
import { inWords, useT } from '../../i18n/language.ts'
import { useBeat } from '../../live/hooks.ts'
import { live } from '../../live.ts'
import { useSession } from '../../session.tsx'
import { EmptyState } from '../../widgets/empty-state.tsx'
import { Instant } from '../../widgets/instant.tsx'

export type Gap = CallReply<'GET /api/gaps'>['gaps'][number]

/** The gap ledger of a device, newest first. */
export function GapList({ gaps }: { gaps: readonly Gap[] }): ReactNode {
  const t = useT()
  const { tag } = useSession()
  useBeat()
  if (gaps.length === 0) return <EmptyState title={t('gaps.none')} />
  return (
    <ol className="plain-list gap-list">
      {gaps.map((gap) => (
        <li key={`${gap.from} ${gap.tagId}`}>
          <span className="numeric">
            <Instant at={gap.from} show="dateTime" /> – {gap.to === null ? t('gaps.lasts') : <Instant at={gap.to} show="dateTime" />}
          </span>
          <strong className="numeric">{formatAge(((gap.to ?? live.now()) - gap.from) / 1_000_000)}</strong>
          <span>
            {t(`gap.${gap.cause}`)}
            {gap.tagId !== null && <span className="muted"> · {tag(gap.tagId)?.name ?? gap.tagId}</span>}
            {gap.problem !== null && <span className="meta gap-problem">{inWords(gap.problem)}</span>}
          </span>
        </li>
      ))}
    </ol>
  )
}
