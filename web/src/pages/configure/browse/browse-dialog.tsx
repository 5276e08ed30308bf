import { Button, NativeSelect, SegmentedControl, TextInput } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { type ReactNode, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import type { Tag } from '../../../api/replies.ts'
import { ApiError } from '../../../api/client.ts'
import { useT } from '../../../i18n/language.ts'
import { WideDialog } from '../../../widgets/dialog.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { useAction } from '../use-action.ts'
import { BrowseList } from './browse-list.tsx'
import { BrowseSession, type BrowseSource } from './browse-session.ts'
import { type BrowseNode, BrowseTree, type Entry, tagFinder } from './browse-tree.ts'
import type { ImportResult, NewTag } from './import-tags.ts'
import { type Edit, type Review, ReviewList, reviewOf } from './review-list.tsx'
import { type Naming, proposeNames } from './tag-names.ts'
import './browse.css'

interface Props {
  /** What is browsed, for the title. */
  readonly name: string
  readonly source: BrowseSource
  /** Tags that the device has: they are marked, and their names are taken. */
  readonly tags: readonly Pick<Tag, 'name' | 'address' | 'settings'>[]
  /** Adds them, or keeps them until the device is saved. @returns null when there is nothing more to tell */
  readonly onImport: (
    tags: readonly NewTag[],
    nodes: readonly BrowseNode[],
    onProgress: (done: number) => void,
  ) => Promise<ImportResult | null>
  readonly onClose: () => void
}

const SEARCH_PAUSE_MILLIS = 300

/** Everything that a device has to offer, with live values; what is ticked becomes tags. */
export function BrowseDialog({ name, source, tags, onImport, onClose }: Props): ReactNode {
  const t = useT()
  const phone = useMediaQuery('(max-width: 899px)', undefined, { getInitialValueInEffect: false })
  const [session] = useState(() => new BrowseSession(source, new BrowseTree(tagFinder(tags))))
  useSyncExternalStore(session.subscribe, () => session.version)
  useEffect(() => session.start(), [session])
  const [pane, setPane] = useState<'nodes' | 'chosen'>('nodes')
  const [naming, setNaming] = useState<Naming>('proposed')
  const [edits, setEdits] = useState<ReadonlyMap<string, Edit>>(new Map())
  const [partly, setPartly] = useState(false)
  const [done, setDone] = useState(0)
  const [result, setResult] = useState<ImportResult | null>(null)
  const action = useAction()

  const { chosen } = session.tree
  const count = chosen.size
  const taken = useMemo(() => tags.map((tag) => tag.name), [tags])
  const reviews = useMemo(() => {
    const nodes = [...chosen.values()]
    return reviewOf(nodes, proposeNames(nodes, naming, taken), edits, taken)
  }, [chosen, naming, edits, taken])
  const problems = reviews.filter((one) => one.problem !== null).length
  const gather = async (below: Entry | null): Promise<void> => {
    setPartly(false)
    setPartly(!(await session.chooseAll(below)))
  }
  const add = async (): Promise<void> => {
    setDone(0)
    await action.run(async () => {
      const outcome = await onImport(
        reviews.map(tagOf),
        reviews.map(({ node }) => node),
        setDone,
      )
      if (outcome === null) onClose()
      else setResult(outcome)
    })
  }

  if (result !== null)
    return (
      <WideDialog title={t('browse.title', { name })} onClose={onClose}>
        <Summary result={result} onClose={onClose} />
      </WideDialog>
    )
  const rowHeight = phone ? 56 : 34
  return (
    <WideDialog title={t('browse.title', { name })} onClose={onClose}>
      <div className="browse">
        {phone && (
          <SegmentedControl
            fullWidth
            aria-label={t('browse.show')}
            value={pane}
            onChange={(value) => setPane(value === 'chosen' ? 'chosen' : 'nodes')}
            data={[
              { value: 'nodes', label: t('browse.nodes') },
              { value: 'chosen', label: t('browse.chosenCount', { count }) },
            ]}
          />
        )}
        {(!phone || pane === 'nodes') && (
          <section className="browse-pane" aria-label={t('browse.nodes')}>
            <div className="browse-tools">
              <SearchField onSearch={(text) => session.searchFor(text)} />
              {session.searching && (
                <Button variant="default" disabled={session.gathered !== null} onClick={() => void gather(null)}>
                  {t('browse.chooseFound')}
                </Button>
              )}
            </div>
            <Notes session={session} partly={partly} />
            {!phone && (
              <div className="browse-head meta" aria-hidden>
                <span>{t('config.name')}</span>
                <span className="browse-value">{t('config.value')}</span>
                <span className="browse-type">{t('config.type')}</span>
                <span className="browse-status">{t('browse.status')}</span>
              </div>
            )}
            {session.tree.top.state === 'ready' && session.tree.rows.length === 0 ? (
              <p className="muted browse-empty">{session.searching ? t('browse.nothingFound') : t('browse.nothing')}</p>
            ) : (
              <BrowseList session={session} rowHeight={rowHeight} onBranch={(entry) => void gather(entry)} />
            )}
            {!phone && <p className="meta browse-keys">{t('browse.keys')}</p>}
          </section>
        )}
        {(!phone || pane === 'chosen') && (
          <section className="browse-pane browse-review" aria-label={t('browse.chosen')}>
            <div className="browse-tools">
              <h3 className="grow">{t('browse.chosenCount', { count })}</h3>
              <NativeSelect
                aria-label={t('browse.naming')}
                value={naming}
                data={(['proposed', 'parent', 'path'] as const).map((one) => ({ value: one, label: t(`browse.naming.${one}`) }))}
                onChange={(event) => setNaming((event.currentTarget.value as Naming | '') || 'proposed')}
              />
              <Button variant="subtle" disabled={count === 0} onClick={() => session.choose([...chosen.values()], false)}>
                {t('browse.clear')}
              </Button>
            </div>
            {count === 0 ? (
              <p className="muted browse-empty">{t('browse.chooseHint')}</p>
            ) : (
              <ReviewList
                reviews={reviews}
                rowHeight={phone ? 76 : 58}
                onEdit={(key, edit) => setEdits(new Map(edits).set(key, { ...edits.get(key), ...edit }))}
                onRemove={(node) => session.choose([node], false)}
              />
            )}
          </section>
        )}
        <div className="browse-foot">
          <ErrorNote error={action.error} />
          <span className="grow" aria-live="polite">
            {problems > 0 && <span style={{ color: 'var(--critical)' }}>{t('browse.problems', { count: problems })}</span>}
            {action.busy && done > 0 && t('browse.progress', { done, count })}
          </span>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button disabled={count === 0 || problems > 0} loading={action.busy} onClick={() => void add()}>
            {t('config.addTags', { count })}
          </Button>
        </div>
      </div>
    </WideDialog>
  )
}

function SearchField({ onSearch }: { onSearch: (text: string) => void }): ReactNode {
  const t = useT()
  const [text, setText] = useState('')
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  return (
    <TextInput
      className="grow"
      aria-label={t('browse.search')}
      placeholder={t('browse.search')}
      leftSection={<IconSearch size={16} aria-hidden />}
      value={text}
      data-autofocus
      onChange={(event) => {
        const next = event.currentTarget.value
        setText(next)
        clearTimeout(timer.current)
        timer.current = setTimeout(() => onSearch(next), SEARCH_PAUSE_MILLIS)
      }}
    />
  )
}

/** What to do about a device that does not show itself; a branch that is being gathered, one that was not gathered whole, values that are not refreshed. */
function Notes({ session, partly }: { session: BrowseSession; partly: boolean }): ReactNode {
  const t = useT()
  const { problem } = session.tree.top
  return (
    <div aria-live="polite">
      {problem instanceof ApiError && problem.remedy !== null && <div className="banner">{problem.remedy}</div>}
      {session.gathered !== null && (
        <div className="banner">
          <span className="grow">{t('browse.gathering', { count: session.gathered })}</span>
          <Button size="compact-sm" variant="default" onClick={() => session.stopGathering()}>
            {t('browse.stop')}
          </Button>
        </div>
      )}
      {partly && session.gathered === null && <div className="banner">{t('browse.partly')}</div>}
      {session.refreshProblem !== null && (
        <div className="banner" data-kind="lost">
          {t('browse.notRefreshed')}
        </div>
      )}
    </div>
  )
}

function Summary({ result, onClose }: { result: ImportResult; onClose: () => void }): ReactNode {
  const t = useT()
  return (
    <div className="stack browse-summary">
      <strong>{t('config.tagsAdded', { count: result.added })}</strong>
      {result.refused.length > 0 && (
        <>
          <span style={{ color: 'var(--critical)' }}>{t('browse.refused', { count: result.refused.length })}</span>
          <div className="table-wrap card">
            <table className="grid">
              <thead>
                <tr>
                  <th scope="col">{t('config.tag')}</th>
                  <th scope="col">{t('browse.reason')}</th>
                </tr>
              </thead>
              <tbody>
                {result.refused.map((one) => (
                  <tr key={one.name}>
                    <td>{one.name}</td>
                    <td>{one.reason}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
      <ErrorNote error={result.stopped} />
      <div>
        <Button onClick={onClose} data-autofocus>
          {t('action.close')}
        </Button>
      </div>
    </div>
  )
}

function tagOf({ node, name, unit }: Review): NewTag {
  const { address = '', settings = {}, kind = 'analog' } = node.tag ?? {}
  return {
    name: name.trim(),
    address,
    settings,
    kind,
    unit: unit.trim(),
    ...(kind === 'digital' || kind === 'counter' ? { decimals: 0 } : {}),
  }
}
