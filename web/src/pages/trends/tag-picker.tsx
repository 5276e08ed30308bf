import { Button, Checkbox, Group, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type ReactNode, useMemo, useState } from 'react'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { Dialog } from '../../widgets/dialog.tsx'
import { labelOf } from './pens.ts'
import { MOST_PENS } from './trends-search.ts'

/** More rows than anybody reads: a search narrows them. */
const MOST_ROWS = 100

/** Chooses what the explorer shows. */
export function TagPicker({
  chosen,
  onChange,
  onClose,
}: {
  chosen: readonly number[]
  onChange: (ids: readonly number[]) => void
  onClose: () => void
}): ReactNode {
  const t = useT()
  const { tags, device } = useSession()
  const [text, setText] = useState('')
  const [picked, setPicked] = useState(chosen)
  const found = useMemo(() => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean)
    return tags
      .filter((tag) => tag.kind !== 'text')
      .map((tag) => ({ tag, label: labelOf(tag, device(tag.deviceId)), area: device(tag.deviceId)?.name ?? '' }))
      .filter(({ label, area }) => words.every((word) => `${label} ${area}`.toLowerCase().includes(word)))
  }, [tags, device, text])
  const full = picked.length >= MOST_PENS
  return (
    <Dialog title={t('trends.pick')} onClose={onClose}>
      <div className="stack">
        <TextInput
          aria-label={t('form.search')}
          placeholder={t('trends.search')}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          data-autofocus
        />
        <p className="meta">{t('trends.chosen', { count: picked.length, most: MOST_PENS })}</p>
        <fieldset className="pick-list" aria-label={t('trends.pick')}>
          {found.slice(0, MOST_ROWS).map(({ tag, label, area }) => (
            <Checkbox
              key={tag.id}
              label={label}
              description={area}
              checked={picked.includes(tag.id)}
              disabled={full && !picked.includes(tag.id)}
              onChange={(event) => setPicked(event.currentTarget.checked ? [...picked, tag.id] : picked.filter((id) => id !== tag.id))}
            />
          ))}
          {found.length === 0 && <p className="muted">{t('trends.noTag')}</p>}
          {found.length > MOST_ROWS && <p className="muted">{t('trends.moreTags', { count: found.length - MOST_ROWS })}</p>}
        </fieldset>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            onClick={() => {
              onChange(picked)
              onClose()
            }}
          >
            {t('trends.show')}
          </Button>
        </Group>
      </div>
    </Dialog>
  )
}
