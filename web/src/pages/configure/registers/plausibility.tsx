import type { ReactNode } from 'react'
import { useT } from '../../../i18n/language.ts'

const DOTS = 5

/** How plausible a reading is: by dots and by number, not by colour. */
export function Plausibility({ score }: { score: number }): ReactNode {
  const t = useT()
  const full = Math.round((score / 100) * DOTS)
  return (
    <span className="plausibility" title={t('explore.plausibility', { score })}>
      <span aria-hidden>
        {'●'.repeat(full)}
        <span className="muted">{'○'.repeat(DOTS - full)}</span>
      </span>
      <span className="visually-hidden">{t('explore.plausibility', { score })}</span>
    </span>
  )
}
