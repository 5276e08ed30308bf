import { Button, Group } from '@mantine/core'
import { IconCheck, IconPlugConnected, IconX } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { call, type CallReply } from '../../../api/client.ts'
import type { Tag } from '../../../api/replies.ts'
import { inWords, useT } from '../../../i18n/language.ts'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { useAction } from '../use-action.ts'
import type { DeviceForm } from './device-draft.ts'

type Answer = CallReply<'GET /api/requests/:id'>
type Report = NonNullable<Answer['result']>

const ASK_MILLIS = 250

interface ProbePanelProps {
  readonly form: DeviceForm
  readonly tags: readonly Pick<Tag, 'name' | 'address' | 'settings'>[]
}

/** Test Connection of a device as it stands in its form. Nothing is saved by it. */
export function ProbePanel({ form, tags }: ProbePanelProps): ReactNode {
  return (
    <ProbeSteps
      of={JSON.stringify([form, tags])}
      start={async () => {
        const body = { ...form, tags: tags.map(({ name, address, settings }) => ({ name, address, settings })) }
        return (await call('POST /api/probe', { body })).requestId
      }}
    />
  )
}

/**
 * A test as it goes: every step as it happens, what was read, and what to do when it fails. `start` begins it and returns its id; `of` tells
 * one form from another: the result of one that was changed since says so.
 */
export function ProbeSteps({ of, start }: { of: string; start: () => Promise<string> }): ReactNode {
  const t = useT()
  const action = useAction()
  const [answer, setAnswer] = useState<Answer | null>(null)
  const [tested, setTested] = useState(of)

  const test = async (): Promise<void> => {
    setAnswer(null)
    setTested(of)
    await action.run(async () => {
      const id = await start()
      for (;;) {
        const now = await call('GET /api/requests/:id', { params: { id } })
        setAnswer(now)
        if (now.state === 'done' || now.state === 'failed') return
        await new Promise((resolve) => setTimeout(resolve, ASK_MILLIS))
      }
    })
  }

  const steps = answer?.result?.steps ?? answer?.progress ?? []
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
          {answer?.state === 'done' && tested !== of && `${t('config.testOld')} `}
          {answer?.state === 'done' && (answer.result?.ok === true ? t('config.testGood') : t('config.testBad'))}
        </span>
      </Group>
      <ErrorNote error={action.error} />
      {answer?.problem !== null && answer?.problem !== undefined && <ErrorNote error={new Error(inWords(answer.problem))} />}
      <div className="stack probe-result" data-old={tested !== of}>
        <StepList steps={steps} />
        <ReadValues values={answer?.result?.values ?? []} />
      </div>
    </div>
  )
}

/** What was tried, in order, each with its outcome and remedy. */
export function StepList({ steps }: { steps: Report['steps'] }): ReactNode {
  const t = useT()
  if (steps.length === 0) return null
  return (
    <ol className="steps plain-list" aria-live="polite">
      {steps.map((step) => (
        <li key={`${step.name} ${step.message}`}>
          {step.ok ? (
            <IconCheck size={18} color="var(--ok)" aria-label={t('config.ok')} />
          ) : (
            <IconX size={18} color="var(--critical)" aria-label={t('config.failed')} />
          )}
          <span>{inWords(step.message)}</span>
          <span className="meta numeric">{Math.round(step.millis)} ms</span>
          {step.remedy !== null && <span className="remedy meta">{inWords(step.remedy)}</span>}
        </li>
      ))}
    </ol>
  )
}

function ReadValues({ values }: { values: Report['values'] }): ReactNode {
  const t = useT()
  if (values.length === 0) return null
  return (
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
                {value.good ? value.value : <span style={{ color: 'var(--critical)' }}>{inWords(value.problem ?? '')}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
