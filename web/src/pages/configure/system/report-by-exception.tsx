import { NumberInput, Switch } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState } from 'react'
import { call, type CallReply } from '../../../api/client.ts'
import { protocolTitle } from '../../../format/protocol-title.ts'
import { useT } from '../../../i18n/language.ts'
import { useSession } from '../../../session.tsx'
import { ProtocolName } from '../../../widgets/protocol-name.tsx'
import { Saving } from '../../../widgets/saving.tsx'
import './report-by-exception.css'

type Policies = CallReply<'GET /api/settings'>['reportByException']

interface Props {
  readonly policies: Policies
  readonly onChange: (policies: Policies) => void
}

/** Report by exception, protocol by protocol: whether, with which heartbeat, and what it spares at this moment. */
export function ReportByException({ policies, onChange }: Props): ReactNode {
  const t = useT()
  return (
    <ul className="plain-list rbe">
      <li className="rbe-head meta" aria-hidden>
        <span>{t('config.protocol')}</span>
        <span>{t('config.rbeChangesOnly')}</span>
        <span>{t('config.heartbeat')}</span>
        <span>{t('config.rbeSaving')}</span>
      </li>
      {Object.entries(policies).map(([protocol, policy]) => {
        const set = (change: Partial<typeof policy>): void => onChange({ ...policies, [protocol]: { ...policy, ...change } })
        const title = protocolTitle(protocol)
        return (
          <li key={protocol}>
            <ProtocolName protocol={protocol} />
            <Switch
              aria-label={t('config.rbeFor', { protocol: title })}
              checked={policy.enabled}
              onChange={(event) => set({ enabled: event.currentTarget.checked })}
            />
            <NumberInput
              aria-label={t('config.heartbeatOf', { protocol: title })}
              hideControls
              min={0}
              suffix=" s"
              disabled={!policy.enabled}
              value={policy.heartbeatSeconds}
              onChange={(value) => {
                if (typeof value === 'number') set({ heartbeatSeconds: value })
              }}
            />
            <span className="rbe-saving">
              <LiveSaving protocol={protocol} />
            </span>
          </li>
        )
      })}
    </ul>
  )
}

interface Count {
  readonly at: number
  readonly seen: number
  readonly stored: number
}

const RECENT_MICROS = 60_000_000

/** Asked of one device of the protocol, whose driver counts for all: since it began, and in the last minute. */
function LiveSaving({ protocol }: { protocol: string }): ReactNode {
  const t = useT()
  const { devices, locale } = useSession()
  const device = devices.find((one) => one.protocol === protocol && one.enabled)
  const query = useQuery({
    queryKey: ['diagnostics', 'saving', device?.id],
    enabled: device !== undefined,
    queryFn: async ({ signal }) => await call('GET /api/devices/:id/diagnostics', { params: { id: device?.id ?? 0 } }, signal),
    refetchInterval: 3000,
    staleTime: 0,
    retry: false,
  })
  const [counts, setCounts] = useState<readonly Count[]>([])
  const { data } = query
  useEffect(() => {
    if (data === undefined) return
    const now = { at: data.at, ...data.readingsOfProtocol }
    // a driver that began anew counts from the beginning
    setCounts((before) => [...before.filter((one) => one.at > now.at - RECENT_MICROS && one.seen <= now.seen), now])
  }, [data])
  if (device === undefined) return <span className="muted">{t('config.rbeNoDevice')}</span>
  if (data === undefined || query.error !== null) return <span className="muted">{query.error === null ? '…' : t('config.rbeSilent')}</span>
  const [first] = counts
  const last = counts.at(-1)
  const seen = (last?.seen ?? 0) - (first?.seen ?? 0)
  const stored = (last?.stored ?? 0) - (first?.stored ?? 0)
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(seen === 0 ? 0 : 1 - stored / seen)
  return (
    <>
      <Saving {...data.readingsOfProtocol} />
      {seen > 0 && <div className="meta">{t('config.rbeRecent', { percent })}</div>}
    </>
  )
}
