import type { ReactNode } from 'react'
import { remarksOf } from '#domain/quality-remarks.ts'
import { useT } from '../../i18n/language.ts'

/** What the source says of its clock, and how the sample came; nothing where there is nothing to remark. */
export function QualityRemarks({ quality }: { quality: number }): ReactNode {
  const t = useT()
  const remarks = remarksOf(quality)
  if (remarks.length === 0) return null
  return <span className="meta">{remarks.map((remark) => t(`quality.remark.${remark}`)).join(' · ')}</span>
}
