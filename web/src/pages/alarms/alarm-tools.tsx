import { IconBookmark, IconDownload } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useT } from '../../i18n/language.ts'
import { live } from '../../live.ts'
import { PopMenu } from '../../shell/pop-menu.tsx'
import { Button, buttonLook } from '../../widgets/controls/button.tsx'
import { onDemand } from '../../widgets/on-demand.tsx'
import { alarmsSearch, type AlarmsSearch } from '../searches.ts'
import { NO_FILTERS } from './alarm-filters.tsx'
import { filterOf } from './alarms-query.ts'

const ViewsDialog = onDemand(async () => (await import('../../widgets/saved-views/views-dialog.tsx')).ViewsDialog)

/** What is done with a whole list: its filters kept or taken back, the list as a file; and how the alarm system itself is doing. */
export function AlarmTools({ search, onChange }: { search: AlarmsSearch; onChange: (next: AlarmsSearch) => void }): ReactNode {
  const t = useT()
  const [keeping, setKeeping] = useState(false)
  return (
    <>
      <Button variant="default" leftSection={<IconBookmark size={16} aria-hidden />} onClick={() => setKeeping(true)}>
        {t('views.title')}
      </Button>
      <ExportMenu search={search} />
      <Link to="/alarm-path" className={buttonLook('default')}>
        {t('path.title')}
      </Link>
      <Link to="/alarms/performance" className={buttonLook('default')}>
        {t('nav.performance')}
      </Link>
      {keeping && (
        <ViewsDialog
          page="alarms"
          search={{ ...search }}
          onOpen={(kept) => onChange({ ...NO_FILTERS, state: undefined, ...alarmsSearch(kept) })}
          onClose={() => setKeeping(false)}
        />
      )}
    </>
  )
}

/** What is listed, all of it, as a file; the browser keeps it while it is sent. */
function ExportMenu({ search }: { search: AlarmsSearch }): ReactNode {
  const t = useT()
  const address = (type: 'csv' | 'xlsx'): string => {
    const { state, ...filter } = { state: search.state ?? 'active', ...filterOf(search, live.now()) }
    const given = Object.entries({ state: state === 'shelved' ? 'suppressed' : state, ...filter }).filter(
      ([, value]) => value !== undefined,
    )
    return `/api/alarms.${type}?${new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString()}`
  }
  return (
    <PopMenu
      className={buttonLook('default')}
      place="page"
      face={
        <>
          <IconDownload size={16} aria-hidden />
          <span>{t('filter.export')}</span>
        </>
      }
    >
      <a href={address('xlsx')} download>
        {t('filter.exportXlsx')}
      </a>
      <a href={address('csv')} download>
        {t('filter.exportCsv')}
      </a>
    </PopMenu>
  )
}
