import { type ReactNode, useId } from 'react'
import type { CallReply } from '../../../api/client.ts'
import { formatInstant } from '../../../format/instants.ts'
import { formatBytes } from '../../../format/bytes.ts'
import { useT } from '../../../i18n/language.ts'
import { useSession } from '../../../session.tsx'
import { effectOf } from './effect-of.ts'

interface Props {
  readonly label: string
  /** null: for ever. */
  readonly days: number | null
  /** Ascending. */
  readonly steps: readonly number[]
  /** null where nobody knows beforehand what would go. */
  readonly kept: CallReply<'GET /api/retention'>['samples'] | null
  readonly hint?: string | undefined
  readonly disabled: boolean
  readonly onChange: (days: number | null) => void
}

/** One slider from a week to for ever; what it takes away stands beside it while it moves. */
export function RetentionSlider({ label, days, steps, kept, hint, disabled, onChange }: Props): ReactNode {
  const t = useT()
  const { locale, timeZone } = useSession()
  const id = useId()
  const choices = days === null || steps.includes(days) ? steps : [...steps, days].sort((a, b) => a - b)
  const spoken = daysInWords(t, days)
  const effect = kept === null ? undefined : effectOf(kept, days)
  return (
    <div className="retention-row">
      <label htmlFor={id}>{label}</label>
      <output htmlFor={id} className="numeric">
        {spoken}
      </output>
      <input
        id={id}
        type="range"
        min={0}
        max={choices.length}
        value={days === null ? choices.length : choices.indexOf(days)}
        disabled={disabled}
        aria-valuetext={spoken}
        onChange={(event) => onChange(choices[Number(event.currentTarget.value)] ?? null)}
      />
      <span className="meta">
        {hint ??
          (kept === null || kept.oldest === null
            ? t('retention.nothingYet')
            : t('retention.now', {
                count: kept.rows,
                size: formatBytes(kept.bytes, locale),
                since: formatInstant(kept.oldest, 'date', locale, timeZone),
              }))}{' '}
        {effect !== undefined &&
          (effect.rows === 0 ? (
            t('retention.takesNothing')
          ) : (
            <strong>
              {t('retention.takes', {
                count: effect.rows,
                size: formatBytes(effect.bytes, locale),
                before: formatInstant(effect.before, 'date', locale, timeZone),
              })}
            </strong>
          ))}
      </span>
    </div>
  )
}

function daysInWords(t: ReturnType<typeof useT>, days: number | null): string {
  if (days === null) return t('retention.forEver')
  if (days % 365 === 0) return t('retention.years', { count: days / 365 })
  return t('retention.days', { count: days })
}
