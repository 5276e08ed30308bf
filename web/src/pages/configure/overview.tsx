import type { ReactNode } from 'react'
import { useT } from '../../i18n/language.ts'
import { PageHead } from '../../widgets/page-head.tsx'

/** Where configuration begins. */
export function ConfigurePage(): ReactNode {
  const t = useT()
  return <PageHead title={t('nav.configuration')} />
}
