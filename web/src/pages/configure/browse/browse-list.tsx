import { type KeyboardEvent, type MouseEvent, type ReactNode, useId, useRef, useState } from 'react'
import { useT } from '../../../i18n/language.ts'
import { type VirtualHandle, VirtualRows } from '../../../widgets/virtual-rows.tsx'
import { NodeRow, RestRow } from './browse-rows.tsx'
import type { BrowseSession } from './browse-session.ts'
import { type BrowseNode, type Entry, isBranch, type Row } from './browse-tree.ts'

interface Props {
  readonly session: BrowseSession
  readonly rowHeight: number
  /** Ticks a branch whole: it may have to be fetched. */
  readonly onBranch: (entry: Entry) => void
}

/**
 * The tree by pointer and keyboard: arrows move and fold, space ticks, shift with either takes the range, Ctrl+A everything that is in
 * the list, letters jump.
 */
export function BrowseList({ session, rowHeight, onBranch }: Props): ReactNode {
  const t = useT()
  const id = useId()
  const handle = useRef<VirtualHandle>(null)
  const { tree } = session
  const { rows } = tree
  const [activeEntry, setActiveEntry] = useState<Entry | null>(null)
  /** Where a range begins. */
  const anchor = useRef<Entry | null>(null)
  const typed = useRef({ text: '', at: 0 })
  const found = activeEntry === null ? -1 : rows.findIndex((row) => row.kind === 'node' && row.entry === activeEntry)
  const active = found === -1 ? Math.min(0, rows.length - 1) : found

  const go = (index: number): void => {
    const row = rows[index]
    if (row?.kind !== 'node') return
    setActiveEntry(row.entry)
    handle.current?.show(index)
  }
  const tick = (entry: Entry, shift: boolean): void => {
    const want = tree.mark(entry) !== 'all'
    const from = anchor.current === null ? -1 : indexOf(rows, anchor.current)
    if (shift && from !== -1) {
      session.choose(between(rows, from, indexOf(rows, entry)), true)
      return
    }
    anchor.current = entry
    if (!isBranch(entry.node)) session.choose([entry.node], want)
    else if (want) onBranch(entry)
    else session.choose(wholeBranch(entry), false)
  }
  const onKey = (event: KeyboardEvent): void => {
    const row = rows[active]
    if (row?.kind !== 'node') return
    const { entry } = row
    const move = (to: number): void => {
      if (event.shiftKey) {
        anchor.current ??= entry
        session.choose(between(rows, indexOf(rows, anchor.current), Math.max(0, Math.min(rows.length - 1, to))), true)
      }
      go(Math.max(0, Math.min(rows.length - 1, to)))
    }
    switch (event.key) {
      case 'ArrowDown':
        move(active + 1)
        break
      case 'ArrowUp':
        move(active - 1)
        break
      case 'PageDown':
        move(active + 10)
        break
      case 'PageUp':
        move(active - 10)
        break
      case 'Home':
        move(0)
        break
      case 'End':
        move(rows.length - 1)
        break
      case 'ArrowRight':
        if (entry.node.hasChildren && !entry.open) session.setOpen(entry, true)
        else if (entry.open) go(active + 1)
        break
      case 'ArrowLeft':
        if (entry.open) session.setOpen(entry, false)
        else if (entry.parent !== null) go(indexOf(rows, entry.parent))
        break
      case 'Enter':
        if (entry.node.hasChildren) session.setOpen(entry, !entry.open)
        else tick(entry, false)
        break
      case ' ':
        tick(entry, event.shiftKey)
        break
      default:
        if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'a') session.choose(between(rows, 0, rows.length - 1), true)
        else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) jump(event.key)
        else return
    }
    event.preventDefault()
  }
  const onClick = (event: MouseEvent): void => {
    if (!(event.target instanceof Element)) return
    const row = rows[Number(event.target.closest('[data-index]')?.getAttribute('data-index') ?? -1)]
    if (row?.kind !== 'node') return
    const { entry } = row
    const part = event.target.closest('[data-part]')?.getAttribute('data-part')
    setActiveEntry(entry)
    if (part === 'tick' || event.shiftKey || !entry.node.hasChildren) tick(entry, event.shiftKey)
    else session.setOpen(entry, !entry.open)
  }
  const jump = (key: string): void => {
    const now = performance.now()
    const text = (now - typed.current.at > 700 ? '' : typed.current.text) + key.toLowerCase()
    typed.current = { text, at: now }
    const start = text.length === 1 ? active + 1 : active
    for (let step = 0; step < rows.length; step++) {
      const index = (start + step) % rows.length
      const row = rows[index]
      if (row?.kind === 'node' && row.entry.node.name.toLowerCase().startsWith(text)) {
        go(index)
        return
      }
    }
  }

  const idOf = (index: number): string => `${id}-${index}`
  return (
    <VirtualRows
      handle={handle}
      className="browse-list"
      role="tree"
      tabIndex={0}
      aria-label={t('browse.nodes')}
      aria-multiselectable
      {...(rows[active]?.kind === 'node' ? { 'aria-activedescendant': idOf(active) } : {})}
      onKeyDown={onKey}
      onClick={onClick}
      count={rows.length}
      rowHeight={rowHeight}
      keep={active}
      onRange={(first, last) => session.see(rows.slice(first, last + 1))}
      renderRow={(index, style) => {
        const row = rows[index]
        if (row === undefined) return null
        if (row.kind === 'rest')
          return (
            <RestRow
              key={`rest ${row.level.parent?.id ?? 0}`}
              level={row.level}
              depth={row.depth}
              style={style}
              onRetry={() => void session.more(row.level)}
            />
          )
        const { entry } = row
        return (
          <NodeRow
            key={entry.id}
            id={idOf(index)}
            index={index}
            entry={entry}
            tree={tree}
            active={index === active}
            found={session.searching}
            style={style}
          />
        )
      }}
    />
  )
}

function indexOf(rows: readonly Row[], entry: Entry): number {
  return rows.findIndex((row) => row.kind === 'node' && row.entry === entry)
}

function between(rows: readonly Row[], from: number, to: number): BrowseNode[] {
  return rows.slice(Math.min(from, to), Math.max(from, to) + 1).flatMap((row) => (row.kind === 'node' ? [row.entry.node] : []))
}

function* wholeBranch(entry: Entry): Generator<BrowseNode> {
  yield entry.node
  for (const one of entry.below?.entries ?? []) yield* wholeBranch(one)
}
