import { IconChevronDown, IconChevronRight, IconFolder, IconPoint, IconVariable } from '@tabler/icons-react'
import { Button } from '@mantine/core'
import type { CSSProperties, ReactNode } from 'react'
import { asError } from '#base/errors.ts'
import { formatAge } from '../../../format/instants.ts'
import { useT } from '../../../i18n/language.ts'
import { live } from '../../../live.ts'
import type { BrowseTree, Entry, Level, Mark } from './browse-tree.ts'

interface NodeRowProps {
  readonly id: string
  readonly index: number
  readonly entry: Entry
  readonly tree: BrowseTree
  readonly active: boolean
  /** Found by a search: where it stands is told. */
  readonly found: boolean
  readonly style: CSSProperties
}

/** One node: fold, tick, name, live value, type and status. Its list hears the clicks: `data-index` and `data-part` say on what. */
export function NodeRow({ id, index, entry, tree, active, found, style }: NodeRowProps): ReactNode {
  const t = useT()
  const { node } = entry
  const taken = tree.isTaken(node)
  const tickable = tree.isFree(node) || node.hasChildren
  const mark = tree.mark(entry)
  const checked = mark === 'some' ? 'mixed' : mark === 'all'
  return (
    <div
      id={id}
      role="treeitem"
      tabIndex={-1}
      className="browse-row"
      data-index={index}
      data-active={active}
      data-taken={taken}
      aria-level={entry.level}
      aria-posinset={entry.position}
      aria-setsize={setSize(entry, tree)}
      aria-selected={active}
      {...(node.hasChildren ? { 'aria-expanded': entry.open } : {})}
      {...(tickable ? { 'aria-checked': checked } : {})}
      style={{ ...style, paddingLeft: 8 + (entry.level - 1) * 20 }}
    >
      <span className="browse-fold" data-part="fold" aria-hidden>
        {node.hasChildren && (entry.open ? <IconChevronDown size={18} /> : <IconChevronRight size={18} />)}
      </span>
      <span className="browse-tick" data-part="tick" aria-hidden>
        {tickable && <TickBox mark={mark} />}
      </span>
      <span className="browse-name">
        <span className="browse-icon" aria-hidden>
          {node.tag !== null ? <IconVariable size={16} /> : node.hasChildren ? <IconFolder size={16} /> : <IconPoint size={16} />}
        </span>
        <span className="clip" title={node.description === '' ? node.path : `${node.path}\n${node.description}`}>
          {node.name}
          {found ? (
            <span className="meta browse-path"> {node.path}</span>
          ) : (
            node.description !== '' && <span className="meta"> {node.description}</span>
          )}
        </span>
        {taken && <span className="pill">{t('browse.taken')}</span>}
      </span>
      <span className="browse-value clip" data-good={node.good}>
        {node.value}
      </span>
      <span className="browse-type meta clip">{node.type}</span>
      <span className="browse-status meta clip" data-good={node.good}>
        {statusOf(node.good, node.status, node.value !== null, t('quality.good'), t('quality.bad'))}
        {node.sourceTimestamp !== null && node.value !== null && (
          <> · {formatAge(Math.max(0, (live.now() - node.sourceTimestamp) / 1_000_000))}</>
        )}
      </span>
    </div>
  )
}

/** What is not here yet: being fetched, or why it could not be. */
export function RestRow({
  level,
  depth,
  style,
  onRetry,
}: {
  level: Level
  depth: number
  style: CSSProperties
  onRetry: () => void
}): ReactNode {
  const t = useT()
  return (
    <div role="presentation" className="browse-row browse-rest" style={{ ...style, paddingLeft: 34 + (depth - 1) * 20 }}>
      {level.state === 'failed' ? (
        <>
          <span className="clip" role="alert" style={{ color: 'var(--critical)' }} title={messageOf(level.problem)}>
            {messageOf(level.problem)}
          </span>
          <Button size="compact-sm" variant="default" onClick={onRetry}>
            {t('action.retry')}
          </Button>
        </>
      ) : (
        <span className="meta">{t('browse.reading')}</span>
      )}
    </div>
  )
}

function TickBox({ mark }: { mark: Mark }): ReactNode {
  return (
    <svg width="18" height="18" viewBox="0 0 18 18">
      <rect
        x="1"
        y="1"
        width="16"
        height="16"
        rx="3"
        fill={mark === 'none' ? 'var(--raised)' : 'var(--accent)'}
        stroke={mark === 'none' ? 'var(--border-strong)' : 'var(--accent)'}
        strokeWidth="1.500"
      />
      {mark === 'all' && <path d="M4.500 9.200 7.600 12.300 13.500 6" fill="none" stroke="var(--on-accent)" strokeWidth="2" />}
      {mark === 'some' && <path d="M4.500 9h9" stroke="var(--on-accent)" strokeWidth="2" />}
    </svg>
  )
}

/** -1 while more may follow, as ARIA says it. */
function setSize(entry: Entry, tree: BrowseTree): number {
  const level = entry.parent?.below ?? tree.top
  return level.cursor === null ? level.entries.length : -1
}

function statusOf(good: boolean, status: string, hasValue: boolean, wordGood: string, wordBad: string): string {
  if (status !== '') return status
  if (!good) return wordBad
  return hasValue ? wordGood : ''
}

function messageOf(problem: unknown): string {
  return problem === null ? '' : asError(problem).message
}
