import { Button, Group, NativeSelect } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { formatInstant } from '../../format/instants.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { Dialog } from '../../widgets/dialog.tsx'

interface Props {
  readonly tagIds: readonly number[]
  /** Seconds since 1970. */
  readonly from: number
  readonly to: number
  readonly timeZone: string
  readonly onClose: () => void
}

const KEY = 'synctide.export'
const BUCKETS = ['hour', 'day', 'month'] as const
const FORMATS = ['iso', 'ymd', 'dmy', 'mdy', 'epoch'] as const

/**
 * Every sample of the tags shown, or what they or all tags of the site came to in each hour, day or month, as the spreadsheet at hand wants
 * it; the browser saves it while it comes.
 */
export function ExportDialog({ tagIds, from, to, timeZone, onClose }: Props): ReactNode {
  const t = useT()
  const { locale } = useSession()
  const [look, setLook] = useState(remembered)
  const set = (change: Partial<Look>): void => setLook({ ...look, ...change })
  const [delimiter = 'comma', decimal = 'point'] = look.numbers.split(' ')
  const bucket = BUCKETS.find((one) => one === look.layout)
  const query = new URLSearchParams({
    ...(bucket !== undefined && look.tags === 'all' ? {} : { tags: tagIds.join(',') }),
    from: String(Math.floor(from * 1_000_000)),
    to: String(Math.ceil(to * 1_000_000)),
    ...(bucket === undefined ? { layout: look.layout } : { bucket }),
    dateFormat: look.dates,
    delimiter,
    decimal,
    timeZone,
  })
  const begin = (): void => {
    try {
      localStorage.setItem(KEY, JSON.stringify(look))
    } catch {
      // storage switched off: the choice is made again next time
    }
    onClose()
  }
  return (
    <Dialog opened onClose={onClose} title={t('export.title')}>
      <div className="stack">
        <p className="muted">
          {t(bucket === undefined ? 'export.text' : 'export.figures')} {formatInstant(from * 1_000_000, 'dateTime', locale, timeZone)} –{' '}
          {formatInstant(to * 1_000_000, 'dateTime', locale, timeZone)}
        </p>
        <NativeSelect
          label={t('export.layout')}
          value={look.layout}
          data={[
            { value: 'wide', label: t('export.wide') },
            { value: 'long', label: t('export.long') },
            ...BUCKETS.map((one) => ({ value: one, label: t(`export.${one}`) })),
          ]}
          onChange={(event) => set({ layout: event.currentTarget.value })}
        />
        {bucket !== undefined && (
          <NativeSelect
            label={t('export.tags')}
            value={look.tags}
            data={[
              { value: 'shown', label: t('export.shown') },
              { value: 'all', label: t('export.site') },
            ]}
            onChange={(event) => set({ tags: event.currentTarget.value })}
          />
        )}
        <NativeSelect
          label={t('export.numbers')}
          value={look.numbers}
          data={[
            { value: 'comma point', label: '1234.5 , 67.8' },
            { value: 'semicolon comma', label: '1234,5 ; 67,8' },
            { value: 'semicolon point', label: '1234.5 ; 67.8' },
            { value: 'tab point', label: t('export.tabPoint') },
            { value: 'tab comma', label: t('export.tabComma') },
          ]}
          onChange={(event) => set({ numbers: event.currentTarget.value })}
        />
        <NativeSelect
          label={t('export.dates')}
          value={look.dates}
          data={FORMATS.map((format) => ({ value: format, label: EXAMPLES[format] }))}
          onChange={(event) => set({ dates: event.currentTarget.value })}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            component="a"
            href={`/api/${bucket === undefined ? 'history' : 'figures'}.csv?${query.toString()}`}
            download
            onClick={begin}
            data-autofocus
          >
            {t('export.save')}
          </Button>
        </Group>
      </div>
    </Dialog>
  )
}

const EXAMPLES: Readonly<Record<(typeof FORMATS)[number], string>> = {
  iso: '2026-11-26T14:05:09+00:00',
  ymd: '2026-11-26 14:05:09',
  dmy: '26/11/2026 14:05:09',
  mdy: '11/26/2026 14:05:09',
  epoch: '1795701909',
}

interface Look {
  readonly layout: string
  /** Of figures: shown, or all. */
  readonly tags: string
  /** Delimiter and decimal mark. */
  readonly numbers: string
  readonly dates: string
}

function remembered(): Look {
  const usual = { layout: 'wide', tags: 'shown', numbers: 'comma point', dates: 'ymd' }
  try {
    return { ...usual, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Look>) }
  } catch {
    return usual
  }
}
