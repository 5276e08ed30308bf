import { Button, Group } from '@mantine/core'
import { IconCheck, IconPlugConnected, IconX } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { call, type CallReply } from '../../../api/client.ts'
import type { Tag } from '../../../api/replies.ts'
import { useT } from '../../../i18n/language.ts'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { useAction } from '../use-action.ts'

type Answer = CallReply<'GET /api/requests/:id'>

interface Props {
  readonly deviceId: number | null
  readonly protocol: string
  readonly timeoutMillis: number
  readonly connection: Readonly<Record<string, unknown>>
  readonly tags: readonly Pick<Tag, 'name' | 'address' | 'settings'>[]
}

const ASK_MILLIS = 250

/** Test Connection: every step as it happens, what was read, and what to do when it fails. Nothing is saved by it. */
export function ProbePanel({ deviceId, protocol, timeoutMillis, connection, tags }: Props): ReactNode {
  const t = useT()
  const action = useAction()
  const [answer, setAnswer] = useState<Answer | null>(null)

  const test = async (): Promise<void> => {
    setAnswer(null)
    await action.run(async () => {
      const { requestId } = await call('POST /api/probe', {
        body: {
          deviceId,
          protocol,
          timeoutMillis,
          connection: { ...connection },
          tags: tags.map(({ name, address, settings }) => ({ name, address, settings })),
        },
      })
      for (;;) {
        const now = await call('GET /api/requests/:id', { params: { id: requestId } })
        setAnswer(now)
        if (now.state === 'done' || now.state === 'failed') return
        await new Promise((resolve) => setTimeout(resolve, ASK_MILLIS))
      }
    })
  }

  const steps = answer?.result?.steps ?? answer?.progress ?? []
  const values = answer?.result?.values ?? []
  return (
    <div className="stack">
      <Group>
        <Button
          variant="default"
          leftSection={<IconPlugConnected size={16} aria-hidden />}
          loading={action.busy}
          onClick={() => void test()}
        >
          {t('config.test')}
        </Button>
        <span className="muted" aria-live="polite">
          {answer?.state === 'done' && (answer.result?.ok === true ? t('config.testGood') : t('config.testBad'))}
        </span>
      </Group>
      <ErrorNote error={action.error} />
      {answer?.problem !== null && answer?.problem !== undefined && <ErrorNote error={new Error(answer.problem)} />}
      {steps.length > 0 && (
        <ol className="steps plain-list">
          {steps.map((step) => (
            <li key={`${step.name} ${step.message}`}>
              {step.ok ? (
                <IconCheck size={18} color="var(--ok)" aria-label={t('config.ok')} />
              ) : (
                <IconX size={18} color="var(--critical)" aria-label={t('config.failed')} />
              )}
              <span>{step.message}</span>
              <span className="meta numeric">{Math.round(step.millis)} ms</span>
              {step.remedy !== null && <span className="remedy meta">{step.remedy}</span>}
            </li>
          ))}
        </ol>
      )}
      {values.length > 0 && (
        <div className="table-wrap">
          <table className="grid">
            <thead>
              <tr>
                <th scope="col">{t('config.tag')}</th>
                <th scope="col">{t('config.rawValue')}</th>
              </tr>
            </thead>
            <tbody>
              {values.map((value) => (
                <tr key={value.tagName}>
                  <td>{value.tagName}</td>
                  <td className="numeric">
                    {value.good ? value.value : <span style={{ color: 'var(--critical)' }}>{value.problem}</span>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  )
}
