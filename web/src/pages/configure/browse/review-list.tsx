import { ActionIcon } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useT } from '../../../i18n/language.ts'
import { VirtualRows } from '../../../widgets/virtual-rows.tsx'
import type { BrowseNode } from './browse-tree.ts'
import { nameProblem } from './tag-names.ts'

/** What somebody changed of a proposed tag. */
export interface Edit {
  readonly name?: string
  readonly unit?: string
}

/** A tag as it will be added. */
export interface Review {
  readonly node: BrowseNode
  readonly name: string
  readonly unit: string
  readonly problem: 'empty' | 'characters' | 'long' | 'twice' | null
}

/** Puts proposals and edits together, and says which names cannot be. */
export function reviewOf(
  nodes: readonly BrowseNode[],
  names: ReadonlyMap<string, string>,
  edits: ReadonlyMap<string, Edit>,
  taken: readonly string[],
): readonly Review[] {
  const reviews = nodes.map((node) => {
    const edit = edits.get(node.key)
    return { node, name: edit?.name ?? names.get(node.key) ?? node.name, unit: edit?.unit ?? node.tag?.unit ?? '' }
  })
  const uses = new Map<string, number>()
  for (const name of [...taken, ...reviews.map((one) => one.name)]) {
    const folded = name.trim().toLowerCase()
    uses.set(folded, (uses.get(folded) ?? 0) + 1)
  }
  return reviews.map((one) => ({
    ...one,
    problem: nameProblem(one.name) ?? ((uses.get(one.name.trim().toLowerCase()) ?? 0) > 1 ? 'twice' : null),
  }))
}

interface Props {
  readonly reviews: readonly Review[]
  readonly rowHeight: number
  readonly onEdit: (key: string, edit: Edit) => void
  readonly onRemove: (node: BrowseNode) => void
}

/** The ticked nodes as the tags they become; names and units can be changed. */
export function ReviewList({ reviews, rowHeight, onEdit, onRemove }: Props): ReactNode {
  const t = useT()
  return (
    <VirtualRows
      className="review-list"
      listLabel={t('browse.chosen')}
      count={reviews.length}
      rowHeight={rowHeight}
      renderRow={(index, style) => {
        const review = reviews[index]
        if (review === undefined) return null
        const { node, name, unit, problem } = review
        return (
          <li key={node.key} className="review-row" style={style} aria-posinset={index + 1} aria-setsize={reviews.length}>
            <input
              className="plain-input"
              aria-label={t('browse.nameOf', { path: node.path })}
              aria-invalid={problem !== null}
              maxLength={200}
              value={name}
              onChange={(event) => onEdit(node.key, { name: event.currentTarget.value })}
            />
            <input
              className="plain-input"
              aria-label={t('browse.unitOf', { path: node.path })}
              placeholder={t('config.unit')}
              maxLength={40}
              value={unit}
              onChange={(event) => onEdit(node.key, { unit: event.currentTarget.value })}
            />
            <ActionIcon variant="subtle" size="md" aria-label={t('browse.leaveOut', { path: node.path })} onClick={() => onRemove(node)}>
              <IconX size={16} aria-hidden />
            </ActionIcon>
            <span className="meta clip" title={node.path} style={problem === null ? undefined : { color: 'var(--critical)' }}>
              {problem === null ? node.path : t(`browse.problem.${problem}`)}
            </span>
          </li>
        )
      }}
    />
  )
}
