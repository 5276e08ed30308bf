import { Button, Checkbox, Group as Row, NativeSelect, NumberInput, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useT } from '../../../i18n/language.ts'
import { useSession } from '../../../session.tsx'
import type { Contact } from '../people/people-queries.ts'
import type { Layer } from './escalation-queries.ts'

/** A week around the clock, from today on. */
export function newLayer(contactIds: readonly number[]): Layer {
  const start = new Intl.DateTimeFormat('en-CA').format(new Date())
  return {
    name: '',
    contactIds: [...contactIds],
    start,
    handover: '08:00',
    everyDays: 7,
    days: [],
    from: '00:00',
    to: '00:00',
    holidays: 'also',
  }
}

interface Props {
  readonly layer: Layer
  readonly number: number
  readonly contacts: readonly Contact[]
  readonly onChange: (layer: Layer) => void
  readonly onRemove: () => void
}

/** A rotation: who takes turns, on which days and hours. */
export function LayerFields({ layer, number, contacts, onChange, onRemove }: Props): ReactNode {
  const t = useT()
  const { locale } = useSession()
  const set = (change: Partial<Layer>): void => onChange({ ...layer, ...change })
  // 5 January 2026 is a Monday
  const weekdays = [1, 2, 3, 4, 5, 6, 7].map((day) => ({
    day,
    name: new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' }).format(Date.UTC(2026, 0, 4 + day)),
  }))
  return (
    <fieldset className="esc-layer stack">
      <legend>{t('esc.layer', { number })}</legend>
      <Checkbox.Group
        label={t('esc.turns')}
        description={t('esc.turnsHint')}
        value={layer.contactIds.map(String)}
        onChange={(ids) => set({ contactIds: ids.map(Number) })}
      >
        <Row mt={6}>
          {contacts.map((one) => {
            const place = layer.contactIds.indexOf(one.id)
            return <Checkbox key={one.id} value={String(one.id)} label={place === -1 ? one.name : `${place + 1}. ${one.name}`} />
          })}
        </Row>
      </Checkbox.Group>
      <div className="form-grid">
        <TextInput
          type="date"
          label={t('esc.start')}
          required
          value={layer.start}
          onChange={(event) => set({ start: event.currentTarget.value })}
        />
        <NumberInput
          label={t('esc.everyDays')}
          min={1}
          max={366}
          value={layer.everyDays}
          onChange={(value) => set({ everyDays: Number(value) })}
        />
        <TextInput
          type="time"
          label={t('esc.handover')}
          required
          value={layer.handover}
          onChange={(event) => set({ handover: event.currentTarget.value })}
        />
        <TextInput
          type="time"
          label={t('esc.from')}
          required
          value={layer.from}
          onChange={(event) => set({ from: event.currentTarget.value })}
        />
        <TextInput
          type="time"
          label={t('esc.to')}
          description={t('esc.toHint')}
          required
          value={layer.to}
          onChange={(event) => set({ to: event.currentTarget.value })}
        />
        <NativeSelect
          label={t('esc.onHolidays')}
          value={layer.holidays}
          data={(['also', 'only', 'not'] as const).map((one) => ({ value: one, label: t(`esc.holidays.${one}`) }))}
          onChange={(event) => set({ holidays: event.currentTarget.value as Layer['holidays'] })}
        />
      </div>
      <Checkbox.Group
        label={t('esc.days')}
        description={t('esc.daysHint')}
        value={layer.days.map(String)}
        onChange={(days) => set({ days: days.map(Number).sort((a, b) => a - b) })}
      >
        <Row mt={6}>
          {weekdays.map(({ day, name }) => (
            <Checkbox key={day} value={String(day)} label={name} />
          ))}
        </Row>
      </Checkbox.Group>
      <Row justify="flex-end">
        <Button size="xs" variant="subtle" color="critical" leftSection={<IconTrash size={16} aria-hidden />} onClick={onRemove}>
          {t('esc.removeLayer', { number })}
        </Button>
      </Row>
    </fieldset>
  )
}
