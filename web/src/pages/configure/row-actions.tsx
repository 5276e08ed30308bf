import { ActionIcon } from '@mantine/core'
import { IconPencil, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useT } from '../../i18n/language.ts'

interface Props {
  /** Of what the row shows, for those who cannot see which row it is. */
  readonly name: string
  readonly onEdit: () => void
  readonly onRemove: () => void
  /** Whether editing it has the focus when the list comes back. */
  readonly autofocus?: boolean
  /** Stands before both. */
  readonly children?: ReactNode
}

/** What can be done with a row of a list, at its end. */
export function RowActions({ name, onEdit, onRemove, autofocus = false, children }: Props): ReactNode {
  const t = useT()
  return (
    <span className="row" style={{ justifyContent: 'flex-end', flexWrap: 'nowrap' }}>
      {children}
      <ActionIcon variant="subtle" aria-label={t('config.edit', { name })} onClick={onEdit} data-autofocus={autofocus || undefined}>
        <IconPencil size={16} aria-hidden />
      </ActionIcon>
      <ActionIcon variant="subtle" color="critical" aria-label={t('config.remove', { name })} onClick={onRemove}>
        <IconTrash size={16} aria-hidden />
      </ActionIcon>
    </span>
  )
}

/** The head of the column of {@link RowActions}. */
export function ActionsHead(): ReactNode {
  const t = useT()
  return (
    <th scope="col">
      <span className="visually-hidden">{t('config.actions')}</span>
    </th>
  )
}
