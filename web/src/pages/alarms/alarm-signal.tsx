import { IconVolume, IconVolumeOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import { useSignalChoice } from '../../alarm-signal.ts'
import { call } from '../../api/client.ts'
import type { Alarm } from '../../api/replies.ts'
import { useT } from '../../i18n/language.ts'
import { canNotify, notify, onNotificationOpened, withdraw } from '../../notification.ts'
import { alarmName } from './alarm-text.ts'
import { beep, isHornBlocked, wakeHorn } from './horn.ts'

const none: ReadonlySet<number> = new Set()
const CRITICAL_EVERY = 1500
const WARNING_EVERY = 4000

/** Sounds and notifies of what nobody acknowledged, on every page; says so when the browser keeps it from sounding. */
export function AlarmSignal(): ReactNode {
  const t = useT()
  const choice = useSignalChoice()
  const { data } = useQuery({
    queryKey: ['alarms', 'signal'],
    queryFn: async ({ signal }) => await call('GET /api/alarms', { query: { state: 'active', is: 'unacknowledged', limit: 200 } }, signal),
    refetchInterval: 30_000,
    refetchIntervalInBackground: true,
  })
  const [muted, setMuted] = useState(none)
  const [blocked, setBlocked] = useState(false)
  const waiting = (data?.alarms ?? []).filter((alarm) => alarm.severity !== 'info' && alarm.chattering !== true)
  const sounding = choice.sound ? waiting.filter((alarm) => !muted.has(alarm.id)) : []
  const critical = sounding.some((alarm) => alarm.severity === 'critical')
  const on = sounding.length > 0
  useNotifications(choice.notify, data?.alarms)

  useEffect(() => {
    if (!on) return undefined
    const sing = (): void => {
      setBlocked(isHornBlocked())
      beep(critical)
    }
    void wakeHorn().then(sing)
    const timer = setInterval(sing, critical ? CRITICAL_EVERY : WARNING_EVERY)
    return () => clearInterval(timer)
  }, [on, critical])

  if (!on) return null
  if (blocked) {
    return (
      <button type="button" className="bar-item signal-blocked" onClick={() => void wakeHorn().then((awake) => setBlocked(!awake))}>
        <IconVolumeOff size={18} aria-hidden />
        <span>{t('signal.blocked')}</span>
      </button>
    )
  }
  return (
    <button type="button" className="bar-item" onClick={() => setMuted(new Set(waiting.map((alarm) => alarm.id)))}>
      <IconVolume size={18} aria-hidden />
      <span>{t('signal.mute')}</span>
    </button>
  )
}

/** A notification for each alarm that is new since the page was opened, while nobody looks at it; it goes when somebody took notice. */
function useNotifications(wanted: boolean, alarms: readonly Alarm[] | undefined): void {
  const t = useT()
  const navigate = useNavigate()
  const known = useRef<Set<number> | null>(null)
  const open = useCallback(
    ({ alarm }: { readonly alarm: number | null }): void =>
      void (alarm === null ? navigate({ to: '/alarms' }) : navigate({ to: '/alarms/$alarmId', params: { alarmId: String(alarm) } })),
    [navigate],
  )
  useEffect(() => (wanted ? onNotificationOpened(open) : undefined), [wanted, open])
  useEffect(() => {
    if (alarms === undefined) return
    const before = known.current
    known.current = new Set([...(before ?? []), ...alarms.map((alarm) => alarm.id)])
    if (!wanted || !canNotify() || Notification.permission !== 'granted') return
    void withdraw(new Set(alarms.map((alarm) => alarm.id))).catch(() => undefined)
    if (before === null || document.hasFocus()) return
    for (const alarm of alarms.filter((one) => !before.has(one.id)).slice(0, 5)) {
      const title = `${t(`severity.${alarm.severity}`)}: ${alarmName(alarm, t)}`
      const body = [alarm.deviceCode, alarm.tagName].filter(Boolean).join(' · ')
      void notify({ title, body, alarm: alarm.id, lasting: alarm.severity === 'critical' }, open)
    }
  }, [alarms, wanted, t, open])
}
