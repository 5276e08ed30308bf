import { Button, FileButton, Group, NativeSelect } from '@mantine/core'
import { IconUpload } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { call, type CallReply } from '../../../api/client.ts'
import { formatInstant } from '../../../format/instants.ts'
import { formatBytes } from '../../../format/bytes.ts'
import { formatNumber } from '../../../format/numbers.ts'
import { inWords, useT } from '../../../i18n/language.ts'
import { useSession } from '../../../session.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { PageHead } from '../../../widgets/page-head.tsx'
import { Crumbs } from '../crumbs.tsx'
import { useAction } from '../use-action.ts'
import { base64Of } from './base64-of.ts'
import '../configure.css'

type Report = CallReply<'POST /api/history/import'>

/** What a request may carry; larger files go by the command line. */
const MOST_BYTES = 14_000_000
const DATES = ['auto', 'ymd', 'dmy', 'mdy', 'compact', 'excel', 'epochSeconds', 'epochMillis', 'epochMicros'] as const

/** Brings the past of tags in from a CSV file: first a look at what it holds, then the import. */
export function ImportPage(): ReactNode {
  const t = useT()
  const { devices, site, locale } = useSession()
  const action = useAction()
  const [file, setFile] = useState<File | null>(null)
  const [device, setDevice] = useState('')
  const [dates, setDates] = useState<(typeof DATES)[number]>('auto')
  const [report, setReport] = useState<Report | null>(null)
  const [done, setDone] = useState(false)
  const large = file !== null && file.size > MOST_BYTES

  const run = async (chosen: File, dryRun: boolean): Promise<void> => {
    setDone(false)
    if (dryRun) setReport(null)
    await action.run(async () => {
      const content = base64Of(new Uint8Array(await chosen.arrayBuffer()))
      const body = { name: chosen.name, content, device: device === '' ? null : device, dates, timeZone: site.timeZone, dryRun }
      setReport(await call('POST /api/history/import', { body }))
      setDone(!dryRun)
    })
  }
  const choose = (chosen: File | null): void => {
    setFile(chosen)
    setReport(null)
    setDone(false)
    if (chosen !== null && chosen.size <= MOST_BYTES) void run(chosen, true)
  }
  return (
    <>
      <Crumbs />
      <PageHead title={t('import.title')} />
      <section className="card">
        <div className="card-body stack">
          <p>{t('import.text')}</p>
          <div className="form-grid">
            <NativeSelect
              label={t('import.device')}
              description={t('import.deviceHint')}
              value={device}
              data={[
                { value: '', label: t('import.named') },
                ...devices.map((one) => ({ value: one.code, label: `${one.code} ${one.name}` })),
              ]}
              onChange={(event) => setDevice(event.currentTarget.value)}
            />
            <NativeSelect
              label={t('export.dates')}
              description={t('import.zone', { zone: site.timeZone })}
              value={dates}
              data={DATES.map((one) => ({ value: one, label: one === 'auto' ? t('import.auto') : EXAMPLES[one] }))}
              onChange={(event) => setDates(DATES.find((one) => one === event.currentTarget.value) ?? 'auto')}
            />
          </div>
          <Group>
            <FileButton accept=".csv,.txt,text/csv" onChange={choose}>
              {(props) => (
                <Button {...props} variant="default" leftSection={<IconUpload size={16} aria-hidden />} loading={action.busy}>
                  {t('config.choosePlant')}
                </Button>
              )}
            </FileButton>
            {file !== null && (
              <span className="muted">
                {file.name}, {formatBytes(file.size, locale)}
              </span>
            )}
            {file !== null && !large && (
              <Button variant="default" disabled={action.busy} onClick={() => void run(file, true)}>
                {t('import.again')}
              </Button>
            )}
          </Group>
          {large && (
            <p role="alert">
              {t('import.large', { size: formatBytes(MOST_BYTES, locale), command: `synctide history import ${file.name}` })}
            </p>
          )}
          <ErrorNote error={action.error} />
        </div>
      </section>
      {report !== null && file !== null && (
        <section className="card" aria-live="polite">
          <div className="card-head">
            <h2>{t(done ? 'import.stored' : 'import.wouldStore')}</h2>
          </div>
          <div className="card-body stack">
            <Findings report={report} />
            {!done && report.samples > 0 && (
              <Group justify="flex-end">
                <Button loading={action.busy} onClick={() => void run(file, false)}>
                  {t('import.begin', { count: formatNumber(report.samples, 0, locale) })}
                </Button>
              </Group>
            )}
          </div>
        </section>
      )}
    </>
  )
}

function Findings({ report }: { report: Report }): ReactNode {
  const t = useT()
  const { locale, timeZone } = useSession()
  const number = (value: number): string => formatNumber(value, 0, locale)
  const time = (at: number | null): string => (at === null ? '–' : formatInstant(at, 'full', locale, timeZone))
  return (
    <>
      <p>
        <strong>{t('import.figures', { samples: number(report.samples), tags: number(report.tags) })}</strong> {time(report.oldest)} –{' '}
        {time(report.newest)}
      </p>
      {report.unknown.length > 0 && (
        <p style={{ overflowWrap: 'anywhere' }}>
          {t('import.unknown')} {report.unknown.join(', ')}
        </p>
      )}
      {report.bad > 0 && (
        <>
          <p>{t('import.bad', { bad: number(report.bad), rows: number(report.rows) })}</p>
          <ul className="plain-list meta" style={{ overflowWrap: 'anywhere' }}>
            {report.badLines.map((one) => (
              <li key={one.line}>{t('import.line', { line: one.line, reason: inWords(one.reason) })}</li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}

const EXAMPLES: Readonly<Record<Exclude<(typeof DATES)[number], 'auto'>, string>> = {
  ymd: '2026-11-26 14:05',
  dmy: '26/11/2026 14:05',
  mdy: '11/26/2026 14:05',
  compact: '20261126140509',
  excel: '46352.586',
  epochSeconds: '1795701909',
  epochMillis: '1795701909000',
  epochMicros: '1795701909000000',
}
