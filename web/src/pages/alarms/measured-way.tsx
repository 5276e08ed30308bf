import { Fragment, type ReactNode } from 'react'
import { formatMillis } from '../../format/millis.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { Instant } from '../../widgets/instant.tsx'
import type { Occurrence } from './alarms-query.ts'

const STATIONS = ['sourceAt', 'receivedAt', 'committedAt', 'queuedAt', 'handedAt', 'acknowledgedAt'] as const

/** The way of one alarm from the source to a person, with the time between; a station that it never passed says so. */
export function MeasuredWay({ path, closed }: { path: Occurrence['path']; closed: boolean }): ReactNode {
  const t = useT()
  const { locale } = useSession()
  let before: number | null = null
  return (
    <dl className="facts way">
      {STATIONS.map((station) => {
        const at = path[station]
        const span = at === null || before === null || at < before ? null : (at - before) / 1000
        if (at !== null) before = at
        return (
          <Fragment key={station}>
            <dt>{t(`page.way.${station}`)}</dt>
            <dd>
              {at === null ? (
                <span className="muted">{t(closed ? 'page.way.never' : 'page.way.none')}</span>
              ) : (
                <Instant at={at} show="full" />
              )}
              {span !== null && <span className="meta numeric"> {t('page.after', { span: formatMillis(span, locale) })}</span>}
            </dd>
          </Fragment>
        )
      })}
    </dl>
  )
}
