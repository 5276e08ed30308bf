import { Button } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconMessageOff } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { call } from '../../api/client.ts'
import type { AlarmMessage } from '../../api/replies.ts'
import { useT } from '../../i18n/language.ts'
import { EmptyState } from '../../widgets/empty-state.tsx'
import { ErrorNote } from '../../widgets/error-note.tsx'
import { Instant } from '../../widgets/instant.tsx'
import { channelName } from '../../widgets/channel-name.ts'
import { MessageList, MessageState } from './message-list.tsx'
import { PageHead } from '../../widgets/page-head.tsx'
import { LiveCases } from './live-cases.tsx'

/** Everything that was sent, to whom, and what became of it. */
export function MessagesPage(): ReactNode {
  const t = useT()
  const phone = useMediaQuery('(max-width: 699px)', undefined, { getInitialValueInEffect: false })
  const query = useInfiniteQuery({
    queryKey: ['messages'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      call('GET /api/messages', { query: { limit: 100, ...(pageParam === '' ? {} : { cursor: pageParam }) } }, signal),
    getNextPageParam: (last) => last.cursor ?? undefined,
    refetchInterval: 15_000,
  })
  const messages = query.data?.pages.flatMap((page) => page.messages) ?? []
  return (
    <>
      <PageHead title={t('messages.title')} aside={<span className="muted">{t('messages.hint')}</span>} />
      <LiveCases />
      <ErrorNote error={query.error} retry={() => void query.refetch()} />
      {query.data !== undefined && messages.length === 0 && (
        <div className="card">
          <EmptyState title={t('messages.none')} hint={t('messages.noneHint')} icon={<IconMessageOff size={40} aria-hidden />} />
        </div>
      )}
      {messages.length > 0 && (phone ? <MessageList messages={messages} linked /> : <MessageTable messages={messages} />)}
      {query.hasNextPage && (
        <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('action.loadMore')}
        </Button>
      )}
    </>
  )
}

function MessageTable({ messages }: { messages: readonly AlarmMessage[] }): ReactNode {
  const t = useT()
  return (
    <div className="card table-wrap">
      <table className="grid">
        <thead>
          <tr>
            <th>{t('messages.time')}</th>
            <th>{t('messages.contact')}</th>
            <th>{t('messages.channel')}</th>
            <th>{t('messages.state')}</th>
            <th>{t('messages.text')}</th>
            <th>{t('alarm.alarm')}</th>
          </tr>
        </thead>
        <tbody>
          {messages.map((message) => (
            <tr key={message.id}>
              <td>
                <Instant at={message.createdAt} />
              </td>
              <td>{message.contactName}</td>
              <td>
                {channelName(message.channel)}
                <div className="meta">{message.address}</div>
              </td>
              <td>
                <MessageState message={message} />
              </td>
              <td style={{ maxWidth: 480 }}>
                <span style={{ whiteSpace: 'pre-line', overflowWrap: 'anywhere' }}>{message.body}</span>
              </td>
              <td>
                {message.alarmEventId !== null && (
                  <Link to="/alarms/$alarmId" params={{ alarmId: String(message.alarmEventId) }}>
                    {t('alarm.alarm')}
                  </Link>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
