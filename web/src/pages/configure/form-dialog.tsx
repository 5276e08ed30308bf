import { Button, Group } from '@mantine/core'
import { type QueryKey, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useT } from '../../i18n/language.ts'
import { Dialog } from '../../widgets/dialog.tsx'
import { ErrorNote } from '../../widgets/error-note.tsx'
import { fieldErrors } from '../../widgets/schema-form/schema.ts'
import type { Action } from './use-action.ts'

interface Props<Saved> {
  readonly title: string
  /** As in Mantine. */
  readonly size: 'lg' | 'xl'
  /** How saving goes; its error belongs beside the fields of the form. */
  readonly action: Action
  readonly save: () => Promise<Saved>
  /** What the person is told then, and which queries have an old answer. */
  readonly told: string
  readonly stale: QueryKey
  /** After it, when the dialog is closed already. */
  readonly onSaved?: (saved: Saved) => void
  readonly onClose: () => void
  /** Beginnings of names of fields that say themselves what is wrong with them; all unless told. */
  readonly beside?: readonly string[]
  readonly disabled?: boolean
  /** Stands between the fields and the buttons. */
  readonly below?: ReactNode
  /** Stands opposite of the buttons. */
  readonly aside?: ReactNode
  readonly children: ReactNode
}

/** A form above the page: saved as a whole, closed when it is saved, and what went wrong stands where it belongs. */
export function FormDialog<Saved>(props: Props<Saved>): ReactNode {
  const { title, size, action, save, told, stale, onSaved, onClose, beside = [''], disabled = false, below, aside, children } = props
  const t = useT()
  const queries = useQueryClient()
  const submit = async (): Promise<void> => {
    const done: Saved[] = []
    const ok = await action.run(async () => {
      done.push(await save())
      await queries.invalidateQueries({ queryKey: stale })
    }, told)
    if (!ok) return
    onClose()
    for (const saved of done) onSaved?.(saved)
  }
  const isBeside = Object.keys(fieldErrors(action.error)).some((field) => beside.some((start) => field.startsWith(start)))
  return (
    <Dialog onClose={onClose} size={size} title={title}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          // it may stand inside another form: to React the parent is the one that opened it
          event.stopPropagation()
          void submit()
        }}
      >
        {children}
        <ErrorNote error={isBeside ? null : action.error} />
        {below}
        <Group justify="flex-end">
          {aside}
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" loading={action.busy} disabled={disabled}>
            {t('action.save')}
          </Button>
        </Group>
      </form>
    </Dialog>
  )
}
