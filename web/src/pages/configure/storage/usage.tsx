import { queryOptions, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { call, type CallReply } from '../../../api/client.ts'
import { formatBytes } from '../../../format/bytes.ts'
import { formatNumber, formatShort } from '../../../format/numbers.ts'
import { useT } from '../../../i18n/language.ts'
import { useSession } from '../../../session.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'

type Storage = CallReply<'GET /api/storage'>

/** Bytes of a sample as a row with its index, measured: docs/adr/0005-sealed-blocks.md */
const ROW_BYTES = 102
const TABLES_SHOWN = 12
const TAGS_SHOWN = 12

export const storageQuery = queryOptions({
  queryKey: ['config', 'storage'],
  queryFn: async ({ signal }) => await call('GET /api/storage', {}, signal),
  refetchInterval: 60_000,
})

/** How much room everything takes, and for how long it will last. */
export function Usage(): ReactNode {
  const t = useT()
  const query = useQuery(storageQuery)
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('storage.usage')}</h2>
      </div>
      <div className="card-body stack">
        <ErrorNote error={query.error} retry={() => void query.refetch()} />
        {query.data !== undefined && (
          <>
            <Facts storage={query.data} />
            <Sizes storage={query.data} />
          </>
        )}
      </div>
    </section>
  )
}

function Facts({ storage }: { storage: Storage }): ReactNode {
  const t = useT()
  const { locale } = useSession()
  const { disk, bytesADay, daysUntilFull, samples, samplesBytes, server } = storage
  const share = disk === null ? 1 : disk.freeBytes / disk.totalBytes
  const percent = (value: number): string => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(value)
  const days = daysUntilFull === null ? null : Math.floor(daysUntilFull)
  return (
    <dl className="storage-facts">
      <Fact name={t('storage.database')}>
        {formatBytes(storage.databaseBytes, locale)}
        <span className="meta">
          PostgreSQL {server.version}
          {server.timescale !== null && `, TimescaleDB ${server.timescale.version} (${server.timescale.edition})`}
        </span>
      </Fact>
      <Fact name={t('storage.free')} low={share < 0.1}>
        {disk === null ? t('storage.notOurs') : formatBytes(disk.freeBytes, locale)}
        {disk !== null && (
          <>
            <meter min={0} max={1} low={0.8} high={0.9} optimum={0} value={1 - share} aria-label={t('storage.free')} />
            <span className="meta">{t('storage.freeOf', { percent: percent(share), total: formatBytes(disk.totalBytes, locale) })}</span>
          </>
        )}
      </Fact>
      <Fact name={t('storage.growth')}>
        {bytesADay === null ? t('storage.notYet') : t('storage.aDay', { size: formatBytes(Math.max(0, bytesADay), locale) })}
      </Fact>
      <Fact name={t('storage.full')} low={days !== null && days < 30}>
        {disk === null
          ? t('storage.diskUnseen')
          : days !== null
            ? days > 3650
              ? t('storage.years')
              : t('retention.days', { count: days })
            : bytesADay === null
              ? t('storage.notYet')
              : t('storage.never')}
      </Fact>
      <Fact name={t('storage.bytesASample')}>
        {samples === 0 ? t('storage.notYet') : formatShort(samplesBytes / samples, locale, 2)}
        {samples > 0 && (
          <span className="meta">
            {t('storage.spared', { percent: percent(1 - samplesBytes / samples / ROW_BYTES), samples: formatNumber(samples, 0, locale) })}
          </span>
        )}
      </Fact>
    </dl>
  )
}

function Fact({ name, low = false, children }: { name: string; low?: boolean; children: ReactNode }): ReactNode {
  return (
    <div className={low ? 'storage-low' : ''}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Sizes({ storage }: { storage: Storage }): ReactNode {
  const t = useT()
  const { device, tag } = useSession()
  const tagName = (id: number): string => `${device(tag(id)?.deviceId ?? 0)?.code ?? ''} ${tag(id)?.name ?? id}`
  const removed = storage.removed.samples === 0 ? [] : [{ name: t('storage.removedTags'), ...storage.removed }]
  return (
    <div className="storage-sizes">
      <SizeTable
        title={t('storage.byTable')}
        rows={storage.tables.slice(0, TABLES_SHOWN).map((one) => ({ name: one.table, bytes: one.bytes }))}
      />
      <SizeTable
        title={t('storage.byDevice')}
        rows={[...storage.devices.map((one) => ({ name: device(one.deviceId)?.code ?? String(one.deviceId), ...one })), ...removed].slice(
          0,
          TABLES_SHOWN,
        )}
      />
      <SizeTable title={t('storage.byTag')} rows={storage.tags.slice(0, TAGS_SHOWN).map((one) => ({ name: tagName(one.tagId), ...one }))} />
    </div>
  )
}

interface SizeRow {
  readonly name: string
  readonly bytes: number
  readonly samples?: number
}

function SizeTable({ title, rows }: { title: string; rows: readonly SizeRow[] }): ReactNode {
  const t = useT()
  const { locale } = useSession()
  const counted = rows.some((row) => row.samples !== undefined)
  return (
    <div className="table-wrap">
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">{title}</th>
            <th scope="col" className="number">
              {t('storage.size')}
            </th>
            {counted && (
              <th scope="col" className="number">
                {t('storage.aSample')}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <td className="storage-name">{row.name}</td>
              <td className="number numeric">{formatBytes(row.bytes, locale)}</td>
              {counted && (
                <td className="number numeric">
                  {row.samples === undefined || row.samples === 0 ? '–' : `${formatShort(row.bytes / row.samples, locale, 2)} B`}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 && <p className="muted">{t('storage.nothingSealed')}</p>}
    </div>
  )
}
