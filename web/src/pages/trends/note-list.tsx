import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { call } from '../../api/client.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'
import { Button } from '../../widgets/controls/button.tsx'
import { Instant } from '../../widgets/instant.tsx'
import { tellError } from '../../widgets/notices.tsx'
import { onDemand } from '../../widgets/on-demand.tsx'
import type { Note } from './notes-query.ts'

const NoteDialog = onDemand(async () => (await import('./note-dialog.tsx')).NoteDialog)

/** What people wrote beside the lines, each with the number of its flag. */
export function NoteList({ notes }: { notes: readonly Note[] }): ReactNode {
  const t = useT()
  const { tag, may } = useSession()
  const queries = useQueryClient()
  const [editing, setEditing] = useState<Note | null>(null)
  const remove = async (id: number): Promise<void> => {
    try {
      await call('DELETE /api/annotations/:id', { params: { id } })
      await queries.invalidateQueries({ queryKey: ['annotations'] })
    } catch (error) {
      tellError(error)
    }
  }
  return (
    <section className="card" aria-labelledby="notes">
      <div className="card-head">
        <h2 id="notes">{t('notes.title')}</h2>
      </div>
      <ol className="plain-list note-list">
        {notes.map((note, index) => (
          <li key={note.id}>
            <span className="note-flag">{index + 1}</span>
            <div className="grow">
              <div style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>{note.text}</div>
              <div className="meta">
                <Instant at={note.at} show="dateTime" /> · {tag(note.tagId)?.name} · {note.author}
                {note.editedAt !== null && <> · {t('notes.edited')}</>}
              </div>
            </div>
            {note.mine && (
              <Button variant="subtle" size="compact-sm" onClick={() => setEditing(note)}>
                {t('notes.edit')}
              </Button>
            )}
            {(note.mine || may('administrator')) && (
              <Button variant="subtle" size="compact-sm" onClick={() => void remove(note.id)}>
                {t('notes.remove')}
              </Button>
            )}
          </li>
        ))}
      </ol>
      {editing !== null && <NoteDialog note={editing} tags={[]} at={editing.at} onClose={() => setEditing(null)} />}
    </section>
  )
}
