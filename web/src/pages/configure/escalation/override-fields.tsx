import { ActionIcon, Button, Group as Row, NativeSelect, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useT } from '../../../i18n/language.ts'
import type { Contact } from '../people/people-queries.ts'
import type { Group } from './escalation-queries.ts'

type Override = Group['schedule']['overrides'][number]

interface Props {
  readonly overrides: readonly Override[]
  readonly contacts: readonly Contact[]
  readonly onChange: (overrides: Override[]) => void
}

/** Swaps and absences: what holds instead of the rotations for a time. */
export function OverrideFields({ overrides, contacts, onChange }: Props): ReactNode {
  const t = useT()
  const put = (index: number, change: Partial<Override>): void =>
    onChange(overrides.map((one, at) => (at === index ? { ...one, ...change } : one)))
  const add = (): void => {
    const day = new Intl.DateTimeFormat('en-CA').format(new Date())
    onChange([...overrides, { contactIds: contacts[0] === undefined ? [] : [contacts[0].id], from: `${day}T08:00`, to: `${day}T20:00` }])
  }
  return (
    <div className="stack">
      <h3>{t('esc.overrides')}</h3>
      {overrides.map((one, index) => (
        <div key={index} className="form-grid">
          <NativeSelect
            label={t('esc.onDuty')}
            value={String(one.contactIds[0] ?? '')}
            data={[
              { value: '', label: t('esc.nobody') },
              ...contacts.map((contact) => ({ value: String(contact.id), label: contact.name })),
            ]}
            onChange={(event) => put(index, { contactIds: event.currentTarget.value === '' ? [] : [Number(event.currentTarget.value)] })}
          />
          <TextInput
            type="datetime-local"
            label={t('esc.from')}
            required
            value={one.from}
            onChange={(event) => put(index, { from: event.currentTarget.value })}
          />
          <Row align="flex-end" wrap="nowrap">
            <TextInput
              className="grow"
              type="datetime-local"
              label={t('esc.to')}
              required
              value={one.to}
              onChange={(event) => put(index, { to: event.currentTarget.value })}
            />
            <ActionIcon
              variant="subtle"
              size="lg"
              color="critical"
              aria-label={t('esc.removeOverride', { number: index + 1 })}
              onClick={() => onChange(overrides.filter((_, at) => at !== index))}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </Row>
        </div>
      ))}
      <Row>
        <Button size="xs" variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={add}>
          {t('esc.addOverride')}
        </Button>
      </Row>
    </div>
  )
}
