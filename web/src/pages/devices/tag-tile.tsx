import { IconPin, IconPinFilled } from '@tabler/icons-react'
import { memo, type ReactNode, useRef, useState } from 'react'
import type { Alarm, Tag } from '../../api/replies.ts'
import { useT } from '../../i18n/language.ts'
import { pinnedTags, setPins, usePins } from '../../pins.ts'
import { useSession } from '../../session.tsx'
import { IconButton } from '../../widgets/controls/icon-button.tsx'
import { FreshnessBadge, LiveValue, QualityMark } from '../../widgets/live-value.tsx'
import { tellDone } from '../../widgets/notices.tsx'
import { SeverityGlyph } from '../../widgets/severity-mark.tsx'
import { useSight } from '../../widgets/sight.ts'
import { Sparkline } from '../../widgets/trend/sparkline.tsx'

export interface TagProps {
  readonly tag: Tag
  /** The worst alarm that is active on it. */
  readonly alarm: Alarm | undefined
  readonly onOpen: (tag: Tag) => void
}

/** Puts a tag on Home or takes it off. */
export function PinButton({ tag, className }: { tag: Tag; className?: string }): ReactNode {
  const t = useT()
  const { devices, tags } = useSession()
  const pins = usePins()
  const shown = pinnedTags(pins, devices, tags).map((one) => one.id)
  const on = shown.includes(tag.id)
  const label = on ? t('device.unpin', { tag: tag.name }) : t('device.pin', { tag: tag.name })
  const toggle = (): void => {
    setPins(on ? shown.filter((id) => id !== tag.id) : [...shown, tag.id])
    tellDone(on ? t('device.unpinned', { tag: tag.name }) : t('device.pinned', { tag: tag.name }))
  }
  return (
    <IconButton className={className} aria-label={label} title={label} aria-pressed={on} onClick={toggle}>
      {on ? <IconPinFilled size={15} aria-hidden /> : <IconPin size={15} aria-hidden />}
    </IconButton>
  )
}

/** One tag as a tile: value, quality when it is not good, age, the last hour. Far from the screen only its name is in the page. */
export const TagTile = memo(({ tag, alarm, onOpen }: TagProps): ReactNode => {
  const t = useT()
  const tile = useRef<HTMLLIElement>(null)
  const [inSight, setInSight] = useState(false)
  useSight(tile, setInSight)
  return (
    <li ref={tile} className="card tile" data-alarm={alarm?.severity}>
      <button type="button" className="tile-name clip" onClick={() => onOpen(tag)} title={t('device.openTrend', { tag: tag.name })}>
        {tag.name}
      </button>
      {inSight && (
        <>
          <PinButton tag={tag} className="pin" />
          <LiveValue tag={tag} />
          {tag.kind === 'text' ? null : <Sparkline tag={tag} />}
          <span className="row spread" style={{ gap: 4 }}>
            <FreshnessBadge tag={tag} />
            {alarm === undefined ? (
              <QualityMark tag={tag} />
            ) : (
              <span className="freshness" style={{ color: 'var(--text)', minWidth: 0 }}>
                <SeverityGlyph shape={alarm.severity} size={14} />
                <span className="clip">{alarm.name}</span>
              </span>
            )}
          </span>
        </>
      )}
    </li>
  )
})
