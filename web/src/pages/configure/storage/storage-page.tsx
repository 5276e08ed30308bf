import type { ReactNode } from 'react'
import { useT } from '../../../i18n/language.ts'
import { useSession } from '../../../session.tsx'
import { PageHead } from '../../../widgets/page-head.tsx'
import { Crumbs } from '../crumbs.tsx'
import { Backups } from './backups.tsx'
import { Retention } from './retention.tsx'
import { Usage } from './usage.tsx'
import '../configure.css'
import './storage.css'

/** What the site keeps: how much room it takes, for how long, and where it is safe. */
export function StoragePage(): ReactNode {
  const t = useT()
  const { may } = useSession()
  return (
    <>
      <Crumbs />
      <PageHead title={t('storage.title')} />
      <Usage />
      {may('administrator') && <Backups />}
      <Retention />
    </>
  )
}
