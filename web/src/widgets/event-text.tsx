import type { ReactNode } from 'react'
import { useT } from '../i18n/language.ts'
import type { PlainKey } from '../i18n/translate.ts'

const WORDS: Readonly<Record<string, PlainKey>> = {
  'device.lost': 'event.deviceLost',
  'device.quarantined': 'event.deviceQuarantined',
  'device.recovered': 'event.deviceRecovered',
  'ingest.samples_lost': 'event.samplesLost',
  'ingest.record_refused': 'event.recordRefused',
}

/** What the system noticed, in words where we have some; the details as they were noted. */
export function EventText({ code, detail }: { code: string; detail: Readonly<Record<string, unknown>> }): ReactNode {
  const t = useT()
  const key = WORDS[code]
  const { problem, ...rest } = detail
  return (
    <span style={{ overflowWrap: 'anywhere' }}>
      {key === undefined ? code : t(key)}
      {typeof problem === 'string' && <div className="meta">{problem}</div>}
      {Object.keys(rest).length > 0 && <div className="meta">{JSON.stringify(rest)}</div>}
    </span>
  )
}
