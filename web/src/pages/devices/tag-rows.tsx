import { memo, type ReactNode } from 'react'
import type { Alarm, Tag } from '../../api/replies.ts'
import { useT } from '../../i18n/language.ts'
import { FreshnessBadge, LiveValue, QualityMark } from '../../widgets/live-value.tsx'
import { RowsInSight } from '../../widgets/rows-in-sight.tsx'
import { SeverityGlyph } from '../../widgets/severity-mark.tsx'
import { Sparkline } from '../../widgets/trend/sparkline.tsx'
import { PinButton, type TagProps } from './tag-tile.tsx'

/** Tags with their live values as a table. */
export function TagTable({
  tags,
  alarms,
  onOpen,
}: {
  tags: readonly Tag[]
  alarms: ReadonlyMap<number, Alarm>
  onOpen: (tag: Tag) => void
}): ReactNode {
  const t = useT()
  return (
    <div className="card table-wrap">
      <table className="grid" aria-rowcount={tags.length + 1}>
        <thead>
          <tr>
            <th>{t('alarm.tag')}</th>
            <th className="number">{t('device.value')}</th>
            <th>{t('device.age')}</th>
            <th>{t('device.quality')}</th>
            <th>{t('alarm.alarm')}</th>
            <th>{t('device.trend')}</th>
            <th>
              <span className="visually-hidden">{t('home.values')}</span>
            </th>
          </tr>
        </thead>
        <RowsInSight
          rows={tags}
          rowHeight={47}
          renderRow={(tag, ariaIndex) => <TagRow key={tag.id} ariaIndex={ariaIndex} tag={tag} alarm={alarms.get(tag.id)} onOpen={onOpen} />}
        />
      </table>
    </div>
  )
}

const TagRow = memo(({ tag, alarm, onOpen, ariaIndex }: TagProps & { readonly ariaIndex: number }): ReactNode => {
  const t = useT()
  return (
    <tr aria-rowindex={ariaIndex}>
      <td>
        <button type="button" className="link-button" onClick={() => onOpen(tag)} title={t('device.openTrend', { tag: tag.name })}>
          {tag.name}
        </button>{' '}
        <span className="meta">{tag.address}</span>
      </td>
      <td className="number">
        <LiveValue tag={tag} />
      </td>
      <td>
        <FreshnessBadge tag={tag} />
      </td>
      <td>
        <QualityMark tag={tag} />
      </td>
      <td>
        {alarm !== undefined && (
          <span className="severity">
            <SeverityGlyph shape={alarm.severity} size={16} />
            {alarm.name}
          </span>
        )}
      </td>
      <td style={{ width: 140 }}>{tag.kind === 'text' ? null : <Sparkline tag={tag} />}</td>
      <td>
        <PinButton tag={tag} />
      </td>
    </tr>
  )
})
