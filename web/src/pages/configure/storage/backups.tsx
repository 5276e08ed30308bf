import { Button, Group, NumberInput, PasswordInput, Switch } from '@mantine/core'
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call, type CallReply } from '../../../api/client.ts'
import { formatBytes } from '../../../format/bytes.ts'
import { formatNumber } from '../../../format/numbers.ts'
import { useT } from '../../../i18n/language.ts'
import { useSession } from '../../../session.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { Instant } from '../../../widgets/instant.tsx'
import { fieldErrors } from '../../../widgets/schema-form/schema.ts'
import { useAction } from '../use-action.ts'

type Backups = CallReply<'GET /api/backups'>
type Backup = Backups['backups'][number]

const backupsQuery = queryOptions({
  queryKey: ['config', 'backups'],
  queryFn: async ({ signal }) => await call('GET /api/backups', {}, signal),
  refetchInterval: 5000,
})

/** The backups, whether each was proved, and how they are taken. */
export function Backups(): ReactNode {
  const t = useT()
  const query = useQuery(backupsQuery)
  const action = useAction()
  const queries = useQueryClient()
  const running = query.data?.backups.some((one) => one.state === 'running') === true
  const take = async (): Promise<void> => {
    await action.run(async () => {
      await call('POST /api/backups', {})
      await queries.invalidateQueries({ queryKey: backupsQuery.queryKey })
    }, t('backup.begun'))
  }
  return (
    <section className="card">
      <div className="card-head spread">
        <h2>{t('backup.title')}</h2>
        <Button size="compact-sm" variant="default" loading={action.busy} disabled={running} onClick={() => void take()}>
          {t('backup.now')}
        </Button>
      </div>
      <div className="card-body stack">
        <ErrorNote error={query.error ?? action.error} retry={() => void query.refetch()} />
        {query.data !== undefined && (
          <>
            <p className="muted">
              {t('backup.text')} {query.data.enabled && <Instant at={query.data.nextRun} show="dateTime" />}
            </p>
            <BackupList backups={query.data.backups} />
            <BackupForm key={JSON.stringify([query.data.enabled, query.data.keep, query.data.encrypted])} settings={query.data} />
          </>
        )}
      </div>
    </section>
  )
}

function BackupList({ backups }: { backups: readonly Backup[] }): ReactNode {
  const t = useT()
  const { locale } = useSession()
  if (backups.length === 0) return <p>{t('backup.none')}</p>
  return (
    <div className="table-wrap">
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">{t('config.when')}</th>
            <th scope="col">{t('config.state')}</th>
            <th scope="col" className="number wide-only">
              {t('storage.size')}
            </th>
          </tr>
        </thead>
        <tbody>
          {backups.map((one) => (
            <tr key={one.id}>
              <td>
                <Instant at={one.startedAt} show="dateTime" />
              </td>
              <td>
                <strong className={one.state === 'failed' ? 'storage-bad' : ''}>{t(`backup.${one.state}`)}</strong>
                {one.encrypted && <span className="meta"> {t('backup.encryptedWord')}</span>}
                <div className="meta storage-name">
                  {typeof one.detail['problem'] === 'string' && one.detail['problem']}
                  {typeof one.detail['rows'] === 'number' &&
                    t('backup.proof', {
                      rows: formatNumber(one.detail['rows'], 0, locale),
                      seconds: String(one.detail['seconds']),
                    })}{' '}
                  {one.file ?? (one.state === 'good' ? t('backup.clearedAway') : null)}
                </div>
              </td>
              <td className="number numeric wide-only">{one.bytes === null ? '–' : formatBytes(one.bytes, locale)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function BackupForm({ settings }: { settings: Backups }): ReactNode {
  const t = useT()
  const queries = useQueryClient()
  const action = useAction()
  const [enabled, setEnabled] = useState(settings.enabled)
  const [keep, setKeep] = useState(settings.keep)
  const [encrypt, setEncrypt] = useState(settings.encrypted)
  const [key, setKey] = useState('')
  const errors = fieldErrors(action.error)
  const save = async (): Promise<void> => {
    const given = encrypt ? (key === '' ? {} : { key }) : { key: '' }
    await action.run(async () => {
      await call('PUT /api/backups', { body: { enabled, keep, ...given } })
      await queries.invalidateQueries({ queryKey: backupsQuery.queryKey })
      setKey('')
    }, t('config.savedSettings'))
  }
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <div className="form-grid">
        <Switch label={t('backup.nightly')} checked={enabled} onChange={(event) => setEnabled(event.currentTarget.checked)} />
        <NumberInput
          label={t('backup.keep')}
          min={1}
          max={365}
          value={keep}
          error={errors['keep']}
          onChange={(value) => (typeof value === 'number' ? setKeep(value) : undefined)}
        />
        <Switch label={t('backup.encrypt')} checked={encrypt} onChange={(event) => setEncrypt(event.currentTarget.checked)} />
        {encrypt && (
          <PasswordInput
            label={t('backup.key')}
            description={settings.encrypted ? t('backup.keyKept') : t('backup.keyHint')}
            required={!settings.encrypted}
            autoComplete="new-password"
            minLength={12}
            value={key}
            error={errors['key']}
            visibilityToggleButtonProps={{ 'aria-label': t('backup.showKey') }}
            onChange={(event) => setKey(event.currentTarget.value)}
          />
        )}
      </div>
      <ErrorNote error={Object.keys(errors).length > 0 ? null : action.error} />
      <Group justify="flex-end">
        <Button type="submit" loading={action.busy}>
          {t('action.save')}
        </Button>
      </Group>
    </form>
  )
}
