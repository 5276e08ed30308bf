import { Button, Group, NativeSelect, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call } from '../../api/client.ts'
import type { Tag } from '../../api/replies.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { Dialog } from '../../widgets/dialog.tsx'
import { ErrorNote } from '../../widgets/error-note.tsx'
import { Instant } from '../../widgets/instant.tsx'
import type { Note } from './notes-query.ts'
import { labelOf } from './pens.ts'

interface Props {
  /** Null for a new one. */
  readonly note: Note | null
  /** Of which a new one may be. */
  readonly tags: readonly Tag[]
  readonly at: number
  readonly onClose: () => void
}

/** Writes a note at an instant of a tag, or changes one's own. */
export function NoteDialog({ note, tags, at, onClose }: Props): ReactNode {
  const t = useT()
  const { device } = useSession()
  const queries = useQueryClient()
  const [text, setText] = useState(note?.text ?? '')
  const [tagId, setTagId] = useState(note?.tagId ?? tags[0]?.id ?? 0)
  const save = useMutation({
    mutationFn: async () =>
      note === null
        ? await call('POST /api/annotations', { body: { tagId, at: Math.round(at), text } })
        : await call('PUT /api/annotations/:id', { params: { id: note.id }, body: { text } }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['annotations'] })
      onClose()
    },
  })
  return (
    <Dialog title={note === null ? t('notes.add') : t('notes.change')} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <p>
          <Instant at={at} show="full" />
        </p>
        {tags.length > 1 && (
          <NativeSelect
            label={t('trends.tag')}
            value={tagId}
            onChange={(event) => setTagId(Number(event.currentTarget.value))}
            data={tags.map((tag) => ({ value: String(tag.id), label: labelOf(tag, device(tag.deviceId)) }))}
          />
        )}
        <Textarea
          label={t('notes.text')}
          data-autofocus
          required
          autosize
          minRows={2}
          maxLength={2000}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <ErrorNote error={save.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={text.trim() === ''}>
            {t('action.save')}
          </Button>
        </Group>
      </form>
    </Dialog>
  )
}
