import { ActionIcon, Button, Group, NativeSelect, Switch, TextInput } from '@mantine/core'
import { IconArrowUp, IconLink, IconPlus, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { MESSAGE_LANGUAGES } from '#domain/contact.ts'
import { looksLikePhone, wrongChat } from '#notify/channels/telegram/core/chat-id.ts'
import { call } from '../../../api/client.ts'
import type { Severity } from '../../../api/replies.ts'
import { useSchemaWords, useT } from '../../../i18n/language.ts'
import { LANGUAGE_NAMES } from '../../../i18n/language-names.ts'
import { useSession } from '../../../session.tsx'
import { CopyButton } from '../../../widgets/copy-button.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { fieldErrors } from '../../../widgets/schema-form/schema.ts'
import { FormDialog } from '../form-dialog.tsx'
import { movedUp } from '../moved-up.ts'
import { useAction } from '../use-action.ts'
import { CategoryChoice } from './category-choice.tsx'
import { DeviceChoice } from './device-choice.tsx'
import { QuietFields } from './quiet-fields.tsx'
import { TestOne } from './test-one.tsx'
import { type Contact, contactsQuery, gatewaysQuery } from './people-queries.ts'

interface Draft {
  readonly name: string
  readonly language: Contact['language']
  readonly enabled: boolean
  readonly minSeverity: Severity
  readonly addresses: readonly { readonly channel: string; readonly address: string; readonly minSeverity: Severity }[]
  readonly deviceIds: readonly number[] | null
  readonly categories: readonly string[] | null
  readonly quiet: Contact['quiet']
  readonly systemMessages: boolean
}

/** Who somebody is, how to reach them in order of preference, and what they are told of. */
export function ContactDialog({ contact, onClose }: { contact: Contact | null; onClose: () => void }): ReactNode {
  const t = useT()
  const { site } = useSession()
  const action = useAction()
  const [draft, setDraft] = useState<Draft>(
    () =>
      contact ?? {
        name: '',
        language: site.language,
        enabled: true,
        minSeverity: 'info',
        addresses: [],
        deviceIds: null,
        categories: null,
        quiet: null,
        systemMessages: false,
      },
  )
  const set = (change: Partial<Draft>): void => setDraft({ ...draft, ...change })
  const errors = fieldErrors(action.error)
  const save = async (): Promise<void> => {
    const body = {
      name: draft.name,
      language: draft.language,
      enabled: draft.enabled,
      minSeverity: draft.minSeverity,
      addresses: draft.addresses.map(({ channel, address, minSeverity }) => ({ channel, address, minSeverity })),
      quiet: draft.quiet,
      systemMessages: draft.systemMessages,
      deviceIds: draft.deviceIds === null ? null : [...draft.deviceIds],
      categories: draft.categories === null ? null : [...draft.categories],
    }
    await (contact === null ? call('POST /api/contacts', { body }) : call('PUT /api/contacts/:id', { params: { id: contact.id }, body }))
  }
  return (
    <FormDialog
      title={contact === null ? t('config.addContact') : t('config.edit', { name: contact.name })}
      size="lg"
      action={action}
      told={t('config.saved', { name: draft.name })}
      stale={contactsQuery.queryKey}
      save={save}
      beside={['name', 'addresses']}
      onClose={onClose}
    >
      <div className="form-grid">
        <TextInput
          label={t('config.name')}
          required
          maxLength={200}
          value={draft.name}
          error={errors['name']}
          onChange={(event) => set({ name: event.currentTarget.value })}
          data-autofocus
        />
        <NativeSelect
          label={t('config.language')}
          value={draft.language}
          data={MESSAGE_LANGUAGES.map((one) => ({ value: one, label: LANGUAGE_NAMES[one] }))}
          onChange={(event) => set({ language: event.currentTarget.value as Contact['language'] })}
        />
        <NativeSelect
          label={t('config.toldFrom')}
          value={draft.minSeverity}
          data={(['info', 'warning', 'critical'] as const).map((one) => ({ value: one, label: t(`severity.${one}`) }))}
          onChange={(event) => set({ minSeverity: event.currentTarget.value as Severity })}
        />
      </div>
      <Addresses contactId={contact?.id ?? null} addresses={draft.addresses} errors={errors} onChange={(addresses) => set({ addresses })} />
      <QuietFields quiet={draft.quiet} onChange={(quiet) => set({ quiet })} />
      <Switch
        label={t('person.system')}
        checked={draft.systemMessages}
        onChange={(event) => set({ systemMessages: event.currentTarget.checked })}
      />
      <DeviceChoice value={draft.deviceIds} onChange={(deviceIds) => set({ deviceIds })} />
      <CategoryChoice of="told" value={draft.categories} onChange={(categories) => set({ categories })} />
      <Switch label={t('config.enabled')} checked={draft.enabled} onChange={(event) => set({ enabled: event.currentTarget.checked })} />
    </FormDialog>
  )
}

interface AddressesProps {
  readonly contactId: number | null
  readonly addresses: Draft['addresses']
  readonly errors: Readonly<Record<string, string>>
  readonly onChange: (addresses: Draft['addresses']) => void
}

function Addresses({ contactId, addresses, errors, onChange }: AddressesProps): ReactNode {
  const t = useT()
  const say = useSchemaWords()
  const gateways = useQuery(gatewaysQuery)
  const pairing = useAction()
  const [link, setLink] = useState<string | null>(null)
  const channels = (gateways.data ?? []).map((one) => ({ value: one.channel, label: say(one.title) }))
  const put = (index: number, change: Partial<Draft['addresses'][number]>): void =>
    onChange(addresses.map((one, at) => (at === index ? { ...one, ...change } : one)))
  // what cannot be an address is said while it is typed; what may be a telephone number is asked back
  const doubt = ({ channel, address }: Draft['addresses'][number]): string | undefined => {
    if (channel !== 'telegram' || address.trim() === '') return undefined
    return wrongChat(address.trim()) ?? (looksLikePhone(address) ? t('person.maybePhone') : undefined)
  }
  const pair = async (): Promise<void> => {
    if (contactId === null) return
    await pairing.run(async () => {
      const answer = await call('POST /api/contacts/:id/pairing', { params: { id: contactId }, body: { channel: 'telegram' } })
      setLink(answer.link)
    })
  }
  return (
    <fieldset style={{ border: '1px solid var(--border)', borderRadius: 6 }}>
      <legend>{t('config.addresses')}</legend>
      <div className="stack">
        <span className="meta">{t('config.addressesHint')}</span>
        {addresses.map((one, index) => (
          <div key={index} className="row" style={{ alignItems: 'flex-start' }}>
            <NativeSelect
              aria-label={t('config.channel')}
              data={channels}
              value={one.channel}
              onChange={(event) => put(index, { channel: event.currentTarget.value })}
            />
            <TextInput
              className="grow"
              aria-label={t('config.address')}
              placeholder={gateways.data?.find((gateway) => gateway.channel === one.channel)?.addressExample ?? ''}
              value={one.address}
              error={errors[`addresses[${index}].address`] ?? errors[`addresses.${index}.address`] ?? doubt(one)}
              onChange={(event) => put(index, { address: event.currentTarget.value })}
            />
            <NativeSelect
              aria-label={t('person.usedFrom')}
              data={(['info', 'warning', 'critical'] as const).map((level) => ({ value: level, label: t(`severity.${level}`) }))}
              value={one.minSeverity}
              onChange={(event) => put(index, { minSeverity: event.currentTarget.value as Severity })}
            />
            <TestOne channel={one.channel} address={one.address} />
            <ActionIcon
              variant="subtle"
              size="lg"
              disabled={index === 0}
              aria-label={t('config.moveUp')}
              onClick={() => onChange(movedUp(addresses, index))}
            >
              <IconArrowUp size={16} aria-hidden />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              size="lg"
              color="critical"
              aria-label={t('config.remove', { name: one.address })}
              onClick={() => onChange(addresses.filter((_, at) => at !== index))}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </div>
        ))}
        <Group>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => onChange([...addresses, { channel: channels[0]?.value ?? 'email', address: '', minSeverity: 'info' }])}
          >
            {t('config.addAddress')}
          </Button>
          {contactId !== null && (
            <Button
              size="xs"
              variant="default"
              leftSection={<IconLink size={16} aria-hidden />}
              loading={pairing.busy}
              onClick={() => void pair()}
            >
              {t('config.pairTelegram')}
            </Button>
          )}
        </Group>
        <ErrorNote error={pairing.error} />
        {link !== null && (
          <div className="stack">
            <span>{t('config.pairHint')}</span>
            <Group>
              <code style={{ overflowWrap: 'anywhere' }}>{link}</code>
              <CopyButton text={link} size="xs" />
            </Group>
          </div>
        )}
      </div>
    </fieldset>
  )
}
