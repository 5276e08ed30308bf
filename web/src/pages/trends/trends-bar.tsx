import { useMediaQuery } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { METRICS, type Metric } from '#calc/metric.ts'
import { formatInstant } from '../../format/instants.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { Button } from '../../widgets/controls/button.tsx'
import { CheckBox } from '../../widgets/controls/check-box.tsx'
import { Select } from '../../widgets/controls/select.tsx'
import type { TrendReply } from './trend-query.ts'
import { BUCKETS, EARLIER_NAMES, REFRESHES, SPAN_NAMES, type TrendsSearch } from './trends-search.ts'

interface Props {
  readonly search: TrendsSearch
  readonly metric: Metric
  /** The width that automatic came to. */
  readonly step: TrendReply['bucket'] | undefined
  readonly marked: boolean
  readonly onMarked: (marked: boolean) => void
  readonly onChange: (next: TrendsSearch) => void
  /** Undefined when there is nothing to go back to. */
  readonly onBack: (() => void) | undefined
}

/** Period, bucket, figure, comparison. */
export function TrendsBar({ search, metric, step, marked, onMarked, onChange, onBack }: Props): ReactNode {
  const t = useT()
  const { locale, timeZone } = useSession()
  const wide = useMediaQuery('(min-width: 700px)', undefined, { getInitialValueInEffect: false })
  const standing = search.from !== undefined && search.to !== undefined
  const bucketName = (name: (typeof BUCKETS)[number]): string => {
    if (name === 'raw') return t('trends.raw')
    if (name === 'auto')
      return step === undefined || step === null
        ? t('trends.auto')
        : t('trends.autoOf', { step: t(`step.${step.unit}`, { count: step.count }) })
    const [count, unit] = name.split(' ')
    return t(`step.${unit as 'minute' | 'hour' | 'day' | 'week' | 'month'}`, { count: Number(count) })
  }
  const options = (
    <>
      <Select
        label={t('trends.bucket')}
        value={search.bucket ?? 'auto'}
        onChange={(event) => onChange({ bucket: BUCKETS.find((name) => name === event.currentTarget.value && name !== 'auto') })}
      >
        {BUCKETS.map((name) => (
          <option key={name} value={name}>
            {bucketName(name)}
          </option>
        ))}
      </Select>
      <Select
        label={t('trends.metric')}
        value={metric}
        disabled={search.bucket === 'raw'}
        onChange={(event) => onChange({ metric: METRICS.find((name) => name === event.currentTarget.value) })}
      >
        {METRICS.map((name) => (
          <option key={name} value={name}>
            {t(`metric.${name}`)}
          </option>
        ))}
      </Select>
      <Select
        label={t('trends.compare')}
        value={search.compare ?? ''}
        onChange={(event) => onChange({ compare: EARLIER_NAMES.find((name) => name === event.currentTarget.value) })}
      >
        <option value="">{t('trends.none')}</option>
        {EARLIER_NAMES.map((name) => (
          <option key={name} value={name}>
            {t(`trends.${name}`)}
          </option>
        ))}
      </Select>
      <Select
        label={t('trends.refresh')}
        value={search.refresh ?? ''}
        disabled={standing}
        onChange={(event) => onChange({ refresh: REFRESHES.find((name) => name === event.currentTarget.value) })}
      >
        <option value="">{t('trends.auto')}</option>
        {REFRESHES.map((name) => (
          <option key={name} value={name}>
            {name === 'push' ? t('trends.push') : name.replace('s', ' s')}
          </option>
        ))}
      </Select>
      <CheckBox label={t('trends.limits')} checked={marked} onChange={(event) => onMarked(event.currentTarget.checked)} />
    </>
  )
  return (
    <div className="trends-bar">
      <fieldset className="spans" aria-label={t('trends.span')}>
        {SPAN_NAMES.map((name) => {
          const chosen = !standing && (search.span ?? '8h') === name
          return (
            <Button
              key={name}
              size="compact-md"
              variant={chosen ? 'filled' : 'default'}
              aria-pressed={chosen}
              onClick={() => onChange({ span: name, from: undefined, to: undefined })}
            >
              {name.replace(/(\d)(\D)/, '$1 $2')}
            </Button>
          )
        })}
        {onBack !== undefined && (
          <Button size="compact-md" variant="default" onClick={onBack}>
            {t('trends.back')}
          </Button>
        )}
      </fieldset>
      {standing && (
        <span className="meta">
          {formatInstant(search.from * 1_000_000, 'dateTime', locale, timeZone)} –{' '}
          {formatInstant(search.to * 1_000_000, 'dateTime', locale, timeZone)}
        </span>
      )}
      {!wide ? (
        <details className="trends-more">
          <summary>{t('trends.options')}</summary>
          {options}
        </details>
      ) : (
        options
      )}
      <Button
        className="push"
        variant="default"
        aria-pressed={search.table === true}
        onClick={() => onChange({ table: search.table === true ? undefined : true })}
      >
        {search.table === true ? t('trends.chart') : t('trends.table')}
      </Button>
    </div>
  )
}
