import { Button, Group, Switch, TextInput } from '@mantine/core'
import { IconSend } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call, type CallReply } from '../../../api/client.ts'
import { formatRecent } from '../../../format/instants.ts'
import { useSchemaWords, useT } from '../../../i18n/language.ts'
import { live } from '../../../live.ts'
import { useSession } from '../../../session.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { PageHead } from '../../../widgets/page-head.tsx'
import { SchemaForm } from '../../../widgets/schema-form/schema-form.tsx'
import { defaultsOf, fieldErrors, type FormValue, splitSecrets } from '../../../widgets/schema-form/schema.ts'
import { Crumbs } from '../crumbs.tsx'
import { useAction } from '../use-action.ts'
import { DeviceLogin } from './device-login.tsx'
import { GatewaySetup } from './gateway-setup.tsx'
import { type Gateway, gatewaysQuery } from './people-queries.ts'
import { TestSteps } from './test-steps.tsx'
import '../configure.css'

/** The channels by which people are reached. */
export function GatewaysPage(): ReactNode {
  const t = useT()
  const query = useQuery(gatewaysQuery)
  return (
    <>
      <Crumbs />
      <PageHead title={t('config.gateways')} />
      <ErrorNote error={query.error} retry={() => void query.refetch()} />
      {(query.data ?? []).map((gateway) => (
        <GatewayCard key={gateway.channel} gateway={gateway} />
      ))}
    </>
  )
}

function GatewayCard({ gateway }: { gateway: Gateway }): ReactNode {
  const t = useT()
  const title = useSchemaWords()(gateway.title)
  const queries = useQueryClient()
  const { may, locale, timeZone } = useSession()
  const action = useAction()
  const [enabled, setEnabled] = useState(gateway.enabled || !gateway.configured)
  const [value, setValue] = useState<FormValue>({ ...defaultsOf(gateway.schema), ...gateway.settings })
  const errors = { ...fieldErrors(action.error), ...fieldErrors(action.error, 'settings'), ...fieldErrors(action.error, 'secrets') }
  const save = async (): Promise<void> => {
    const { settings, secrets } = splitSecrets(gateway.schema, value)
    const ok = await action.run(
      async () => {
        await call('PUT /api/gateways/:channel', {
          params: { channel: gateway.channel },
          body: { enabled, settings: { ...settings }, secrets },
        })
        await queries.invalidateQueries({ queryKey: gatewaysQuery.queryKey })
      },
      t('config.saved', { name: title }),
    )
    // what was typed as a secret is not kept in the page
    if (ok) setValue(settings)
  }
  return (
    <section className="card">
      <div className="card-head">
        <h2>{title}</h2>
        {!gateway.configured && <span className="pill">{t('config.notConfigured')}</span>}
        {gateway.configured && gateway.enabled && gateway.problem === null && (
          <span className="pill">{t(gateway.workedAt === null ? 'gateway.unused' : 'gateway.works')}</span>
        )}
        {gateway.downSince !== null && (
          <strong style={{ color: 'var(--critical)' }}>
            {t('gateway.down', { time: formatRecent(gateway.downSince, live.now(), locale, timeZone) })}
          </strong>
        )}
      </div>
      <div className="card-body stack">
        <GatewaySetup gateway={gateway} />
        {gateway.problem !== null && <ErrorNote error={new Error(gateway.problem)} />}
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault()
            void save()
          }}
        >
          <SchemaForm
            schema={gateway.schema}
            value={value}
            onChange={setValue}
            errors={errors}
            secretsSet={gateway.secretsSet}
            disabled={!may('administrator')}
          />
          <Switch
            label={t('config.gatewayEnabled')}
            checked={enabled}
            disabled={!may('administrator')}
            onChange={(event) => setEnabled(event.currentTarget.checked)}
          />
          <ErrorNote error={Object.keys(errors).length > 0 ? null : action.error} />
          {may('administrator') && (
            <Group justify="flex-end">
              <Button type="submit" loading={action.busy}>
                {t('action.save')}
              </Button>
            </Group>
          )}
        </form>
        {gateway.deviceLogin && may('administrator') && <DeviceLogin gateway={gateway} />}
        {gateway.configured && <TestSend gateway={gateway} />}
      </div>
    </section>
  )
}

/** Sends a message now and shows each step: gateway reached, logged in, message taken. */
function TestSend({ gateway }: { gateway: Gateway }): ReactNode {
  const t = useT()
  const action = useAction()
  const [address, setAddress] = useState('')
  const [answer, setAnswer] = useState<CallReply<'POST /api/gateways/:channel/test'> | null>(null)
  const send = async (): Promise<void> => {
    setAnswer(null)
    await action.run(async () =>
      setAnswer(await call('POST /api/gateways/:channel/test', { params: { channel: gateway.channel }, body: { address } })),
    )
  }
  return (
    <div className="stack">
      <Group align="flex-end">
        <TextInput label={t('config.testTo')} value={address} onChange={(event) => setAddress(event.currentTarget.value)} />
        <Button
          variant="default"
          leftSection={<IconSend size={16} aria-hidden />}
          loading={action.busy}
          disabled={address.trim() === ''}
          onClick={() => void send()}
        >
          {t('config.testSend')}
        </Button>
      </Group>
      <ErrorNote error={action.error} />
      {answer !== null && <TestSteps steps={answer.steps} />}
    </div>
  )
}
