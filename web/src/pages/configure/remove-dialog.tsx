import { type QueryKey, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useT } from '../../i18n/language.ts'
import { tellDone } from '../../widgets/notices.tsx'
import { onDemand } from '../../widgets/on-demand.tsx'

const ConfirmDialog = onDemand(async () => (await import('../../widgets/confirm-dialog.tsx')).ConfirmDialog)

interface Props<Thing> {
  /** What is to go; null while nothing is. */
  readonly of: Thing | null
  readonly name: (thing: Thing) => string
  /** The verb on the button. */
  readonly confirm: string
  readonly remove: (thing: Thing) => Promise<unknown>
  /** Which queries have an old answer then. */
  readonly stale: readonly QueryKey[]
  readonly onClose: () => void
  /** What it means. */
  readonly children: ReactNode
}

/** Asks before a thing of the configuration goes, and tells when it is gone. */
export function RemoveDialog<Thing>({ of, name, confirm, remove, stale, onClose, children }: Props<Thing>): ReactNode {
  const t = useT()
  const queries = useQueryClient()
  return (
    <ConfirmDialog
      opened={of !== null}
      title={t('config.removeTitle', { name: of === null ? '' : name(of) })}
      confirm={confirm}
      danger
      onConfirm={async () => {
        if (of === null) return
        await remove(of)
        await Promise.all(stale.map(async (queryKey) => await queries.invalidateQueries({ queryKey })))
        tellDone(t('config.removed', { name: name(of) }))
      }}
      onClose={onClose}
    >
      {children}
    </ConfirmDialog>
  )
}
