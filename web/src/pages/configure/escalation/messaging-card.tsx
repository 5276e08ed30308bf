import { Button, Checkbox, Group as Row, NativeSelect } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { MESSAGE_LANGUAGES } from '#domain/contact.ts'
import { call } from '../../../api/client.ts'
import { useT } from '../../../i18n/language.ts'
import { LANGUAGE_NAMES } from '../../../i18n/language-names.ts'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { contactsQuery } from '../people/people-queries.ts'
import { useAction } from '../use-action.ts'
import { type Chain, type Group, type Messaging, messagingQuery } from './escalation-queries.ts'

/** In which languages answers are read, and who is told of troubles of the system itself. */
export function MessagingCard({ chains, groups }: { chains: readonly Chain[]; groups: readonly Group[] }): ReactNode {
  const t = useT()
  const query = useQuery(messagingQuery)
  return (
    <section className="card">
      <div className="card-head">
        <h2>{t('esc.messaging')}</h2>
      </div>
      <ErrorNote error={query.error} retry={() => void query.refetch()} />
      {query.data !== undefined && <Form key={JSON.stringify(query.data)} saved={query.data} chains={chains} groups={groups} />}
    </section>
  )
}

function Form({ saved, chains, groups }: { saved: Messaging; chains: readonly Chain[]; groups: readonly Group[] }): ReactNode {
  const t = useT()
  const queries = useQueryClient()
  const action = useAction()
  const contacts = useQuery(contactsQuery).data
  const [draft, setDraft] = useState(saved)
  const { systemRoute: route, replyLanguages } = draft
  const places = [
    { value: 'contacts', label: t('esc.systemContacts') },
    ...groups.map((one) => ({ value: `group ${one.id}`, label: t('esc.systemGroup', { name: one.name }) })),
    ...chains.map((one) => ({ value: `chain ${one.id}`, label: t('esc.systemChain', { name: one.name }) })),
  ]
  const save = async (): Promise<void> => {
    await action.run(async () => {
      await call('PUT /api/messaging', { body: draft })
      await queries.invalidateQueries({ queryKey: messagingQuery.queryKey })
    }, t('config.savedSettings'))
  }
  return (
    <form
      className="card-body stack"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <Checkbox.Group
        label={t('esc.replyLanguages')}
        description={t('esc.replyLanguagesHint')}
        value={[...replyLanguages]}
        onChange={(chosen) => setDraft({ ...draft, replyLanguages: MESSAGE_LANGUAGES.filter((one) => chosen.includes(one)) })}
      >
        <Row gap="md" mt="xs">
          {MESSAGE_LANGUAGES.map((one) => (
            <Checkbox key={one} value={one} label={LANGUAGE_NAMES[one]} />
          ))}
        </Row>
      </Checkbox.Group>
      <NativeSelect
        label={t('esc.systemRoute')}
        description={t('esc.systemRouteHint')}
        value={route.to === 'contacts' ? 'contacts' : `${route.to} ${route.id}`}
        data={places}
        onChange={(event) => setDraft({ ...draft, systemRoute: routeOf(event.currentTarget.value) })}
      />
      {route.to === 'contacts' && contacts?.some((one) => one.systemMessages && one.enabled) === false && (
        <p className="meta">{t('esc.systemNobody')}</p>
      )}
      <ErrorNote error={action.error} />
      <Row justify="flex-end">
        <Button type="submit" loading={action.busy} disabled={JSON.stringify(draft) === JSON.stringify(saved)}>
          {t('action.save')}
        </Button>
      </Row>
    </form>
  )
}

function routeOf(value: string): Messaging['systemRoute'] {
  const [to, id] = value.split(' ')
  return to === 'group' || to === 'chain' ? { to, id: Number(id) } : { to: 'contacts' }
}
