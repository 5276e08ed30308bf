import { Button, Checkbox, Group as Row, NativeSelect, TextInput, Textarea } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { call } from '../../../api/client.ts'
import { useT } from '../../../i18n/language.ts'
import { fieldErrors } from '../../../widgets/schema-form/schema.ts'
import type { Contact } from '../people/people-queries.ts'
import { FormDialog } from '../form-dialog.tsx'
import { useAction } from '../use-action.ts'
import { DutyCalendar } from './duty-calendar.tsx'
import { type Group, groupsQuery } from './escalation-queries.ts'
import { LayerFields, newLayer } from './layer-fields.tsx'
import { OverrideFields } from './override-fields.tsx'

interface Props {
  readonly group: Group | null
  readonly groups: readonly Group[]
  readonly contacts: readonly Contact[]
  readonly onClose: () => void
}

/** Who belongs together, who follows, and who is on duty when. */
export function GroupDialog({ group, groups, contacts, onClose }: Props): ReactNode {
  const t = useT()
  const action = useAction()
  const [draft, setDraft] = useState<Omit<Group, 'id'>>(
    () => group ?? { name: '', parentId: null, memberIds: [], duty: 'everybody', schedule: { layers: [], overrides: [], holidays: [] } },
  )
  const [holidays, setHolidays] = useState(draft.schedule.holidays.join('\n'))
  const set = (change: Partial<typeof draft>): void => setDraft({ ...draft, ...change })
  const { schedule } = draft
  const setSchedule = (change: Partial<Group['schedule']>): void => set({ schedule: { ...schedule, ...change } })
  const errors = fieldErrors(action.error)
  const members = contacts.filter((one) => draft.memberIds.includes(one.id))
  const save = async (): Promise<void> => {
    const { name, parentId, memberIds, duty } = draft
    const body = { name, parentId, memberIds, duty, schedule }
    await (group === null ? call('POST /api/groups', { body }) : call('PUT /api/groups/:id', { params: { id: group.id }, body }))
  }
  return (
    <FormDialog
      title={group === null ? t('esc.addGroup') : t('config.edit', { name: group.name })}
      size="xl"
      action={action}
      told={t('config.saved', { name: draft.name })}
      stale={groupsQuery.queryKey}
      save={save}
      beside={['name', 'parentId', 'schedule.holidays']}
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
          label={t('esc.parent')}
          description={t('esc.parentHint')}
          value={draft.parentId === null ? '' : String(draft.parentId)}
          error={errors['parentId']}
          data={[
            { value: '', label: t('esc.noParent') },
            ...groups.filter((one) => one.id !== group?.id).map((one) => ({ value: String(one.id), label: one.name })),
          ]}
          onChange={(event) => set({ parentId: event.currentTarget.value === '' ? null : Number(event.currentTarget.value) })}
        />
        <NativeSelect
          label={t('esc.whoIsTold')}
          value={draft.duty}
          data={(['everybody', 'on_call'] as const).map((one) => ({ value: one, label: t(`esc.duty.${one}`) }))}
          onChange={(event) => set({ duty: event.currentTarget.value as Group['duty'] })}
        />
      </div>
      <Checkbox.Group label={t('esc.members')} value={draft.memberIds.map(String)} onChange={(ids) => set({ memberIds: ids.map(Number) })}>
        <div className="form-grid" style={{ marginTop: 8 }}>
          {contacts.map((one) => (
            <Checkbox key={one.id} value={String(one.id)} label={one.name} />
          ))}
        </div>
      </Checkbox.Group>
      {draft.duty === 'on_call' && (
        <>
          <h3>{t('esc.roster')}</h3>
          {schedule.layers.map((layer, index) => (
            <LayerFields
              key={index}
              layer={layer}
              number={index + 1}
              contacts={members}
              onChange={(next) => setSchedule({ layers: schedule.layers.map((one, at) => (at === index ? next : one)) })}
              onRemove={() => setSchedule({ layers: schedule.layers.filter((_, at) => at !== index) })}
            />
          ))}
          <Row>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconPlus size={16} aria-hidden />}
              onClick={() => setSchedule({ layers: [...schedule.layers, newLayer(draft.memberIds)] })}
            >
              {t('esc.addLayer')}
            </Button>
          </Row>
          <OverrideFields overrides={schedule.overrides} contacts={members} onChange={(overrides) => setSchedule({ overrides })} />
          <Textarea
            label={t('esc.holidays')}
            description={t('esc.holidaysHint')}
            autosize
            minRows={2}
            maxRows={8}
            value={holidays}
            error={errors['schedule.holidays[0]']}
            onChange={(event) => {
              setHolidays(event.currentTarget.value)
              setSchedule({ holidays: event.currentTarget.value.split(/[\s,;]+/).filter((day) => day !== '') })
            }}
          />
          <DutyCalendar schedule={schedule} contacts={contacts} />
        </>
      )}
    </FormDialog>
  )
}
