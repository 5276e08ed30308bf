import type { ReactNode } from 'react'
import { formatBytes } from '../../format/bytes.ts'
import { formatNumber } from '../../format/numbers.ts'
import { inWords, useT } from '../../i18n/language.ts'
import type { Translate } from '../../i18n/translate.ts'
import { useSession } from '../../session.tsx'
import { Instant } from '../../widgets/instant.tsx'
import { Saving } from '../../widgets/saving.tsx'
import type { Diagnostics } from './diagnostics-query.ts'
import { Latency } from './latency.tsx'

interface Props {
  readonly diagnostics: Diagnostics
  readonly protocol: string
  /** The driver does not answer any more: these are the figures of before. */
  readonly old: boolean
}

/** Everything that is counted of a device since its driver process began. */
export function Figures({ diagnostics, old }: Props): ReactNode {
  const t = useT()
  const { locale } = useSession()
  const { polls, readings, readingsOfProtocol, readingsOfTags, counters, facts, learned, spool, since } = diagnostics
  const whole = (value: number): string => formatNumber(value, 0, locale)
  const millis = (value: number | null): string => (value === null ? '–' : `${formatNumber(value, value < 10 ? 1 : 0, locale)} ms`)
  return (
    <div className="diag-cards" data-old={old}>
      {!diagnostics.pushes && (
        <Card title={t('diag.polls')}>
          <Facts
            rows={[
              [t('diag.answered'), whole(polls.ok)],
              [t('diag.failed'), whole(polls.failed)],
              [t('diag.missedSlots'), whole(polls.missedSlots)],
              [t('diag.median'), millis(polls.p50Millis)],
              [t('diag.p99'), millis(polls.p99Millis)],
              [t('diag.longest'), millis(polls.maxMillis)],
            ]}
          />
        </Card>
      )}
      {!diagnostics.pushes && (
        <Card title={t('diag.latency')}>
          <Latency classes={polls.latency} />
        </Card>
      )}
      <Card title={t('diag.traffic')}>
        <Facts
          rows={[
            [t('diag.reconnects'), whole(polls.reconnects)],
            ...byName(counters).map(([name, value]): [string, string] => [
              counterName(name, t),
              name.startsWith('bytes_') ? formatBytes(value, locale) : whole(value),
            ]),
          ]}
        />
        <p className="meta">
          {t('diag.countedSince')} <Instant at={since} />
        </p>
      </Card>
      {Object.keys(facts).length > 0 && (
        <Card title={t('diag.facts')}>
          <Facts rows={byName(facts).map(([name, value]) => [inWords(name), plain(value, t)])} />
        </Card>
      )}
      <Card title={t('config.rbe')}>
        <Facts
          rows={[
            [t('diag.savingDevice'), <Saving key="device" {...readings} />],
            [t('diag.savingProtocol'), <Saving key="protocol" {...readingsOfProtocol} />],
          ]}
        />
        <SavingByTag tags={readingsOfTags} />
      </Card>
      <Card title={t('diag.learned')}>
        {learned.length === 0 ? (
          <p className="muted">{t('diag.nothingLearned')}</p>
        ) : (
          <Facts rows={learned.map(({ key, value }) => [inWords(key), plain(value, t)])} />
        )}
      </Card>
      <Card title={t('diag.spool')}>
        <Facts
          rows={[
            [t('diag.spoolSize'), `${formatBytes(spool.bytes, locale)} / ${formatBytes(spool.maxBytes, locale)}`],
            [t('diag.backlog'), whole(spool.backlog)],
            [t('diag.database'), spool.databaseAway ? t('diag.away') : t('diag.there')],
            [t('diag.backPressure'), spool.backPressure ? t('diag.yes') : t('diag.no')],
          ]}
        />
      </Card>
    </div>
  )
}

/** So many need no click. */
const TAGS_OPEN = 10

/** Unlike the figures of the device these go on when the driver begins anew. */
function SavingByTag({ tags }: { tags: Diagnostics['readingsOfTags'] }): ReactNode {
  const t = useT()
  if (tags.length === 0) return undefined
  return (
    <details open={tags.length <= TAGS_OPEN}>
      <summary>{t('diag.savingTags')}</summary>
      <Facts rows={tags.map(({ tagId, name, seen, stored }) => [name, <Saving key={tagId} seen={seen} stored={stored} />])} />
      <p className="meta">
        {t('diag.savingTagsSince')} <Instant at={Math.min(...tags.map((tag) => tag.since))} />
      </p>
    </details>
  )
}

function Card({ title, children }: { title: string; children: ReactNode }): ReactNode {
  return (
    <section className="card">
      <div className="card-head">
        <h2>{title}</h2>
      </div>
      <div className="card-body stack">{children}</div>
    </section>
  )
}

function Facts({ rows }: { rows: readonly (readonly [name: string, value: ReactNode])[] }): ReactNode {
  return (
    <dl className="diag-facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt className="muted">{name}</dt>
          <dd className="numeric">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** They come in no order of their own. */
function byName<Value>(values: Readonly<Record<string, Value>>): [name: string, value: Value][] {
  return Object.entries(values).toSorted(([a], [b]) => a.localeCompare(b))
}

const COUNTERS = {
  bytes_sent: 'diag.bytesSent',
  bytes_received: 'diag.bytesReceived',
  frames_sent: 'diag.framesSent',
  frames_received: 'diag.framesReceived',
} as const

/** Common ones in the language of the screen; those of one protocol in its own words. */
function counterName(name: string, t: Translate): string {
  if (name in COUNTERS) return t(COUNTERS[name as keyof typeof COUNTERS])
  const words = name.replaceAll('_', ' ')
  return inWords(words.charAt(0).toUpperCase() + words.slice(1))
}

function plain(value: string | number | boolean, t: Translate): string {
  if (typeof value === 'boolean') return value ? t('diag.yes') : t('diag.no')
  // one word is a name: of a file, a client, a server
  return typeof value === 'string' && value.includes(' ') ? inWords(value) : String(value)
}
