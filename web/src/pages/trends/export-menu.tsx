import { IconDownload } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { PopMenu } from '../../shell/pop-menu.tsx'
import { buttonLook } from '../../widgets/controls/button.tsx'
import { tellError } from '../../widgets/notices.tsx'
import { csvOf, type Pen } from './pens.ts'
import type { ChartHandle } from './pens-chart.tsx'
import { saveFile } from './save-file.ts'

interface Props {
  readonly pens: readonly Pen[]
  readonly fileName: string
  /** Null while the table is shown. */
  readonly chart: () => ChartHandle | null
  /** Every sample, not what is shown alone. */
  readonly onAll: () => void
}

/** What is shown as a file. */
export function ExportMenu({ pens, fileName, chart, onAll }: Props): ReactNode {
  const t = useT()
  const { timeZone } = useSession()
  // a file without a line says nothing
  const nothing = pens.length === 0
  const csv = (): void => {
    const text = csvOf(pens, (at) => new Date(at * 1000).toISOString(), t('trends.time'))
    saveFile(`${fileName}.csv`, new Blob([`\uFEFF${text}`], { type: 'text/csv' }))
  }
  const workbook = async (): Promise<void> => {
    try {
      const { workbookOf } = await import('./save-workbook.ts')
      saveFile(`${fileName}.xlsx`, await workbookOf(pens, `${t('trends.time')} (${timeZone})`, timeZone))
    } catch (error) {
      tellError(error)
    }
  }
  const picture = async (): Promise<void> => {
    const blob = await chart()?.picture()
    if (blob !== null && blob !== undefined) saveFile(`${fileName}.png`, blob)
  }
  return (
    <PopMenu
      className={buttonLook('default')}
      place="page"
      face={
        <>
          <IconDownload size={16} aria-hidden />
          <span>{t('trends.export')}</span>
        </>
      }
    >
      <button type="button" disabled={nothing} onClick={csv}>
        {t('trends.csv')}
      </button>
      <button type="button" disabled={nothing} onClick={() => void workbook()}>
        {t('trends.xlsx')}
      </button>
      <button type="button" disabled={nothing} onClick={() => void picture()}>
        {t('trends.png')}
      </button>
      <hr />
      <button type="button" onClick={onAll}>
        {t('export.all')}
      </button>
    </PopMenu>
  )
}
