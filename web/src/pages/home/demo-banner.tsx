import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call } from '../../api/client.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { Button } from '../../widgets/controls/button.tsx'
import { onDemand } from '../../widgets/on-demand.tsx'
import { tellDone } from '../../widgets/notices.tsx'

const ConfirmDialog = onDemand(async () => (await import('../../widgets/confirm-dialog.tsx')).ConfirmDialog)

/** Says that the plant is simulated, and removes it. */
export function DemoBanner(): ReactNode {
  const t = useT()
  const { demo, may } = useSession()
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  if (!demo) return null
  const remove = async (): Promise<void> => {
    await call('DELETE /api/demo', {})
    await queries.invalidateQueries()
    tellDone(t('home.demoRemoved'))
  }
  return (
    <div className="banner">
      <span className="pill">{t('devices.demo')}</span>
      <span className="grow">{t('home.demo')}</span>
      {may('engineer') && (
        <Button variant="default" size="compact-md" onClick={() => setAsking(true)}>
          {t('home.demoRemove')}
        </Button>
      )}
      {asking && (
        <ConfirmDialog
          opened
          title={t('home.demoRemove')}
          confirm={t('home.demoRemove')}
          danger
          onConfirm={remove}
          onClose={() => setAsking(false)}
        >
          {t('home.demoConfirm')}
        </ConfirmDialog>
      )}
    </div>
  )
}
