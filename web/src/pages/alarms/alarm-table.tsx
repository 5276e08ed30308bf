import type { ReactNode } from 'react'
import type { Alarm } from '../../api/replies.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { CheckBox } from '../../widgets/controls/check-box.tsx'
import { Ago, Instant } from '../../widgets/instant.tsx'
import { SeverityMark } from '../../widgets/severity-mark.tsx'
import { AlarmActions } from './alarm-actions.tsx'
import { AlarmMarks } from './alarm-marks.tsx'
import { AlarmState } from './alarm-state.tsx'
import { alarmName, valueAndLimit } from './alarm-text.ts'
import { BackToNormal } from './back-to-normal.tsx'
import type { Aside } from './put-aside-dialog.tsx'
import { DeviceLink } from './device-link.tsx'
import { useHandles } from './use-handles.ts'

interface Props {
  readonly alarms: readonly Alarm[]
  readonly selected: ReadonlySet<number>
  readonly onSelect: (ids: ReadonlySet<number>) => void
  readonly onOpen: (id: number) => void
  readonly onAside: (aside: Aside) => void
  readonly selectable: boolean
}

/** The console on a desktop. */
export function AlarmTable({ alarms, selected, onSelect, onOpen, onAside, selectable }: Props): ReactNode {
  const t = useT()
  const session = useSession()
  const handles = useHandles()
  const mine = alarms.filter((alarm) => alarm.closedAt === null && handles(alarm))
  const waiting = mine.filter((alarm) => alarm.acknowledgedAt === null)
  const all = waiting.length > 0 && waiting.every((alarm) => selected.has(alarm.id))
  const acts = mine.length > 0
  const toggle = (id: number): void => {
    const next = new Set(selected)
    if (!next.delete(id)) next.add(id)
    onSelect(next)
  }
  return (
    <div className="card table-wrap">
      <table className="grid alarm-table">
        <thead>
          <tr>
            {selectable && (
              <th>
                <CheckBox
                  aria-label={t('alarms.selectAll')}
                  checked={all}
                  disabled={waiting.length === 0}
                  onChange={() => onSelect(all ? new Set() : new Set(waiting.map((alarm) => alarm.id)))}
                />
              </th>
            )}
            <th>{t('alarm.severity')}</th>
            <th>{t('alarm.alarm')}</th>
            <th>{t('alarm.device')}</th>
            <th className="number">{t('alarm.valueAndLimit')}</th>
            <th>{t('alarm.raised')}</th>
            <th>{t('alarm.cleared')}</th>
            <th>{t('alarm.state')}</th>
            {acts && <th>{t('hidden.actions')}</th>}
          </tr>
        </thead>
        <tbody>
          {alarms.map((alarm) => (
            <tr
              key={alarm.id}
              aria-selected={selected.has(alarm.id)}
              data-alarm={alarm.id}
              data-waiting={alarm.acknowledgedAt === null && alarm.closedAt === null}
            >
              {selectable && (
                <td>
                  <CheckBox
                    aria-label={t('alarms.select', { number: String(alarm.displayNumber) })}
                    checked={selected.has(alarm.id)}
                    disabled={alarm.closedAt !== null || !handles(alarm)}
                    onChange={() => toggle(alarm.id)}
                  />
                </td>
              )}
              <td>
                <SeverityMark alarm={alarm} />
              </td>
              <td>
                <button type="button" className="link-button" data-row-button onClick={() => onOpen(alarm.id)}>
                  {alarmName(alarm, t)}
                </button>
                <span className="meta"> #{alarm.displayNumber}</span>
                {alarm.late && <span className="meta"> · {t('alarm.late')}</span>}
                <AlarmMarks alarm={alarm} />
              </td>
              <td>
                <DeviceLink id={alarm.deviceId} code={alarm.deviceCode} />
                {alarm.tagName !== null && <> · {alarm.tagName}</>}
              </td>
              <td className="number numeric">{valueAndLimit(alarm, session)}</td>
              <td>
                <Instant at={alarm.raisedAt} /> {alarm.closedAt === null && <Ago at={alarm.raisedAt} />}
              </td>
              <td>
                <BackToNormal alarm={alarm} />
              </td>
              <td>
                <AlarmState alarm={alarm} />
                {alarm.comment !== null && <div className="meta">{alarm.comment}</div>}
              </td>
              {acts && (
                <td>
                  <AlarmActions alarm={alarm} onAside={onAside} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
