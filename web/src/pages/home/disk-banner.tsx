import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { call } from '../../api/client.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'

const LOW_PERCENT = 10

/** Tells an administrator that the disk runs full, before samples have nowhere to go. */
export function DiskBanner(): ReactNode {
  const t = useT()
  const { may } = useSession()
  const query = useQuery({
    queryKey: ['health', 'disk'],
    queryFn: async ({ signal }) => await call('GET /api/health', {}, signal),
    enabled: may('administrator'),
    refetchInterval: 60_000,
  })
  const percent = query.data?.diskFreePercent ?? null
  if (percent === null || percent >= LOW_PERCENT) return null
  return (
    <div className="banner" role="alert">
      <span className="grow">{t('home.diskLow', { percent })}</span>
      <Link to="/config/storage">{t('home.storage')}</Link>
    </div>
  )
}
