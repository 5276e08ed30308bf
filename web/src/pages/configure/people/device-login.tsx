import { Button, Group } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useCallback, useEffect, useState } from 'react'
import { ApiError, call, type CallReply } from '../../../api/client.ts'
import { formatInstant } from '../../../format/instants.ts'
import { useT } from '../../../i18n/language.ts'
import { useSession } from '../../../session.tsx'
import { CopyButton } from '../../../widgets/copy-button.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { tellDone } from '../../../widgets/notices.tsx'
import { useAction } from '../use-action.ts'
import { type Gateway, gatewaysQuery } from './people-queries.ts'

type Begun = CallReply<'POST /api/gateways/:channel/device-login'>

/** RFC 8628, 3.5: whoever is told to slow down has so much more to wait. */
const SLOWER_SECONDS = 5

/** The sender signs in on any device: a page, a code to enter there, and we wait until it is granted. */
export function DeviceLogin({ gateway }: { gateway: Gateway }): ReactNode {
  const t = useT()
  const action = useAction()
  const [begun, setBegun] = useState<Begun | null>(null)
  const granted = useCallback(() => setBegun(null), [])
  const begin = async (): Promise<void> => {
    setBegun(null)
    await action.run(async () => setBegun(await call('POST /api/gateways/:channel/device-login', { params: { channel: gateway.channel } })))
  }
  return (
    <div className="stack">
      <Group align="center">
        <Button variant="default" loading={action.busy} onClick={() => void begin()}>
          {begun === null ? t('gateway.signIn') : t('gateway.signInAgain')}
        </Button>
        <span className="meta">{gateway.secretsSet.includes('refreshToken') ? t('gateway.signedIn') : t('gateway.signInHint')}</span>
      </Group>
      <ErrorNote error={action.error} />
      {begun !== null && <Waiting key={begun.handle} gateway={gateway} begun={begun} onGranted={granted} />}
    </div>
  )
}

function Waiting({ gateway, begun, onGranted }: { gateway: Gateway; begun: Begun; onGranted: () => void }): ReactNode {
  const t = useT()
  const queries = useQueryClient()
  const { locale, timeZone } = useSession()
  const [asked, setAsked] = useState<{ readonly times: number; readonly seconds: number; readonly error: unknown }>({
    times: 0,
    seconds: begun.everySeconds,
    error: null,
  })
  const { channel, title } = gateway
  const { seconds, error } = asked
  const over = error !== null && !isPassing(error)
  useEffect(() => {
    if (over) return undefined
    const stop = new AbortController()
    const ask = async (): Promise<void> => {
      const body = { handle: begun.handle }
      try {
        const { state } = await call('POST /api/gateways/:channel/device-login/ask', { params: { channel }, body }, stop.signal)
        if (state === 'granted') {
          tellDone(t('gateway.signInDone', { name: title }))
          await queries.invalidateQueries({ queryKey: gatewaysQuery.queryKey })
          return onGranted()
        }
        const next = state === 'slow_down' ? seconds + SLOWER_SECONDS : seconds
        setAsked(({ times }) => ({ times: times + 1, seconds: next, error: null }))
      } catch (thrown) {
        if (!stop.signal.aborted)
          setAsked(({ times }) => ({ times: times + 1, seconds: isPassing(thrown) ? seconds * 2 : seconds, error: thrown }))
      }
    }
    const timer = setTimeout(() => void ask(), seconds * 1000)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [asked.times, seconds, over, begun.handle, channel, title, queries, t, onGranted])
  return (
    <div className="card" aria-live="polite">
      <div className="card-body stack">
        <ol>
          <li>
            {t('gateway.signInPage')}{' '}
            <a href={begun.direct ?? begun.page} target="_blank" rel="noreferrer noopener" style={{ overflowWrap: 'anywhere' }}>
              {begun.page}
            </a>
          </li>
          <li>
            <div className="row">
              <span>{t('gateway.signInCode')}</span>
              <code style={{ fontSize: '1.5rem', letterSpacing: '0.1em' }}>{begun.userCode}</code>
              <CopyButton text={begun.userCode} size="xs" />
            </div>
          </li>
          <li>{t('gateway.signInAgree')}</li>
        </ol>
        {error === null ? (
          <span className="meta">{t('gateway.signInWaits', { time: formatInstant(begun.expiresAt, 'time', locale, timeZone) })}</span>
        ) : (
          <ErrorNote error={error} />
        )}
      </div>
    </div>
  )
}

/** A network that is away for a moment does not end it. */
function isPassing(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status === 0 || error.code === 'channel_unreachable'
}
