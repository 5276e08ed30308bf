import type { ReactNode } from 'react'
import { formatNumber } from '../format/numbers.ts'
import { useT } from '../i18n/language.ts'
import { useSession } from '../session.tsx'

/** What report by exception spares: the share of readings that need not be stored, with both figures. */
export function Saving({ seen, stored }: { seen: number; stored: number }): ReactNode {
  const t = useT()
  const { locale } = useSession()
  if (seen === 0) return <span className="muted">{t('saving.none')}</span>
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(1 - stored / seen)
  return (
    <span>
      <strong>{t('saving.spared', { percent })}</strong>
      <span className="meta"> {t('saving.figures', { seen: formatNumber(seen, 0, locale), stored: formatNumber(stored, 0, locale) })}</span>
    </span>
  )
}
