import { ActionIcon, Button } from '@mantine/core'
import { IconArrowBackUp, IconArrowForwardUp, IconDeviceFloppy, IconRowInsertBottom, IconRowRemove } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useBlocker, useParams } from '@tanstack/react-router'
import { type ReactNode, useMemo, useRef, useState } from 'react'
import { call, type CallReply } from '../../../api/client.ts'
import type { Device, Tag } from '../../../api/replies.ts'
import { inWords, useSchemaWords, useT } from '../../../i18n/language.ts'
import { bootstrapQuery, useSession } from '../../../session.tsx'
import { ConfirmDialog } from '../../../widgets/confirm-dialog.tsx'
import { EmptyState } from '../../../widgets/empty-state.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { PageHead } from '../../../widgets/page-head.tsx'
import { Crumbs } from '../crumbs.tsx'
import { protocolsQuery } from '../devices/protocols.ts'
import { useAction } from '../use-action.ts'
import { type CellWords, cellsOf, type GridColumn, gridColumns, readRow } from './grid-columns.ts'
import { addRows, fillDown, type GridState, isChanged, moveTo, redo, startGrid, toggleRemoved, undo } from './grid-state.ts'
import { TagGrid } from './tag-grid.tsx'
import '../configure.css'
import './tag-grid.css'

type Protocol = CallReply<'GET /api/protocols'>[number]
type Problems = ReadonlyMap<string, string>
const NO_PROBLEMS: Problems = new Map()
const ROWS_AT_ONCE = 10

/** All tags of a device in one table, edited like a spreadsheet and saved all or nothing. */
export function TagGridPage(): ReactNode {
  const t = useT()
  const { deviceId } = useParams({ from: '/shell/config/devices/$deviceId/tags' })
  const { device: find } = useSession()
  const protocols = useQuery(protocolsQuery)
  const device = find(Number(deviceId))
  const protocol = protocols.data?.find((one) => one.protocol === device?.protocol)
  return (
    <>
      <Crumbs devices />
      <PageHead
        title={device === undefined ? t('config.tags') : t('grid.title', { name: device.code })}
        actions={
          device !== undefined && (
            <Button
              variant="default"
              renderRoot={(props) => <Link to="/config/devices/$deviceId" params={{ deviceId: String(device.id) }} {...props} />}
            >
              {t('grid.toDevice')}
            </Button>
          )
        }
      />
      {device === undefined ? (
        <div className="card">
          <EmptyState title={t('config.deviceGone')} />
        </div>
      ) : protocol === undefined ? (
        <ErrorNote error={protocols.error} retry={() => void protocols.refetch()} />
      ) : (
        <Table key={device.id} device={device} protocol={protocol} />
      )}
    </>
  )
}

function Table({ device, protocol }: { device: Device; protocol: Protocol }): ReactNode {
  const t = useT()
  const say = useSchemaWords()
  const queries = useQueryClient()
  const action = useAction()
  const { tagsOf, locale } = useSession()
  const columns = useMemo(() => gridColumns(protocol.tagSchema, t, say), [protocol, t, say])
  const words = useMemo(
    (): CellWords => ({ yes: t('grid.yes'), no: t('grid.no'), decimal: locale.startsWith('en') ? '.' : ',' }),
    [t, locale],
  )
  const begin = (tags: readonly Tag[]): GridState =>
    startGrid(
      tags.map((tag) => ({ tag, cells: cellsOf(tag, columns, words) })),
      columns.length,
    )
  const [state, setState] = useState(() => begin(tagsOf(device.id)))
  const [problems, setProblems] = useState<Problems>(NO_PROBLEMS)
  const grid = useRef<HTMLDivElement>(null)
  const saveButton = useRef<HTMLButtonElement>(null)
  const counts = useMemo(() => countsOf(state), [state])
  const dirty = counts.added + counts.changed + counts.removed > 0
  const blocker = useBlocker({ shouldBlockFn: () => dirty, enableBeforeUnload: () => dirty, withResolver: true })

  const change = (next: GridState): void => {
    if (next.rows !== state.rows) setProblems((old) => withoutEdited(old, state, next))
    setState(next)
  }
  const focus = (): void => grid.current?.focus({ preventScroll: true })
  const tell = (found: Problems, at: GridState): void => {
    setProblems(found)
    goToProblem(found, at)
  }
  const goToProblem = (found: Problems, at: GridState): void => {
    const places = placesOf(found, at, columns)
    const here = at.active.row * columns.length + at.active.column
    const next = places.find((place) => place.row * columns.length + place.column > here) ?? places[0]
    if (next !== undefined) setState(moveTo(at, next))
    focus()
  }

  const save = async (): Promise<void> => {
    const rows = state.rows.filter((row) => !row.removed && isChanged(row) && row.cells.some((cell) => cell.trim() !== ''))
    const readings = rows.map((row) => readRow(row.cells, columns, words, row.tag))
    const wrong = new Map(
      rows.flatMap((row, index) => (readings[index]?.wrong ?? []).map((one) => [`${row.key}/${one.key}`, wrongText(one, t)] as const)),
    )
    if (wrong.size > 0) return tell(wrong, state)
    const remove = state.rows.flatMap((row) => (row.removed && row.tag !== null ? [row.tag.id] : []))
    await action.run(async () => {
      const reply = await call('PUT /api/devices/:id/tags', {
        params: { id: device.id },
        body: { rows: rows.map((row, index) => ({ id: row.tag?.id ?? null, tag: readings[index]?.tag ?? {} })), remove },
      })
      if (reply.problems.length > 0) {
        return tell(
          new Map(
            reply.problems.map(({ row, field, message, remedy }) => [
              `${rows[row]?.key}/${columnOf(field)}`,
              remedy === null ? inWords(message) : `${inWords(message)} ${inWords(remedy)}`,
            ]),
          ),
          state,
        )
      }
      await queries.invalidateQueries({ queryKey: bootstrapQuery.queryKey })
      const fresh = (queries.getQueryData(bootstrapQuery.queryKey)?.tags ?? []).filter((tag) => tag.deviceId === device.id)
      setProblems(NO_PROBLEMS)
      setState(moveTo(begin(fresh), state.active))
      focus()
    }, undefined)
  }

  const active = state.rows[state.active.row]
  const problem = active === undefined ? undefined : problems.get(`${active.key}/${columns[state.active.column]?.key}`)
  return (
    <section className="card" aria-label={t('grid.label')}>
      <div className="tag-grid-tools">
        <Button
          ref={saveButton}
          size="xs"
          leftSection={<IconDeviceFloppy size={16} aria-hidden />}
          loading={action.busy}
          disabled={!dirty}
          onClick={() => void save()}
        >
          {t('action.save')}
        </Button>
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={t('grid.undo')}
          title={t('grid.undo')}
          disabled={state.past.length === 0}
          onClick={() => change(undo(state))}
        >
          <IconArrowBackUp size={18} aria-hidden />
        </ActionIcon>
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={t('grid.redo')}
          title={t('grid.redo')}
          disabled={state.future.length === 0}
          onClick={() => change(redo(state))}
        >
          <IconArrowForwardUp size={18} aria-hidden />
        </ActionIcon>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconRowInsertBottom size={16} aria-hidden />}
          onClick={() => {
            change(addRows(state, ROWS_AT_ONCE))
            focus()
          }}
        >
          {t('grid.addRows', { count: ROWS_AT_ONCE })}
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconRowRemove size={16} aria-hidden />}
          disabled={active === undefined}
          onClick={() => {
            change(toggleRemoved(state))
            focus()
          }}
        >
          {active?.removed === true ? t('grid.keepRows') : t('grid.removeRows')}
        </Button>
        <Button
          size="xs"
          variant="default"
          onClick={() => {
            change(fillDown(state))
            focus()
          }}
        >
          {t('grid.fillDown')}
        </Button>
        <span className="meta" aria-live="polite">
          {dirty ? t('grid.unsaved', counts) : t('grid.allSaved', { count: state.rows.length })}
        </span>
        {problems.size > 0 && (
          <Button size="compact-sm" variant="light" color="critical" onClick={() => goToProblem(problems, state)}>
            {t('grid.problems', { count: problems.size })}
          </Button>
        )}
      </div>
      {action.error !== null && (
        <div className="card-body">
          <ErrorNote error={action.error} />
        </div>
      )}
      <TagGrid
        columns={columns}
        state={state}
        onChange={change}
        problems={problems}
        onSave={() => void save()}
        onLeave={() => saveButton.current?.focus()}
        focusRef={grid}
      />
      <div className="tag-grid-foot" aria-live="polite">
        {problem !== undefined ? <span className="tag-grid-problem">{problem}</span> : <span className="meta">{t('grid.keys')}</span>}
      </div>
      <ConfirmDialog
        opened={blocker.status === 'blocked'}
        title={t('grid.leaveTitle')}
        confirm={t('grid.leave')}
        danger
        onConfirm={async () => blocker.proceed?.()}
        onClose={() => blocker.reset?.()}
      >
        {t('grid.leaveText')}
      </ConfirmDialog>
    </section>
  )
}

function countsOf(state: GridState): { added: number; changed: number; removed: number } {
  const counts = { added: 0, changed: 0, removed: 0 }
  for (const row of state.rows) {
    if (row.removed) counts.removed++
    else if (row.tag === null) counts.added += row.cells.some((cell) => cell.trim() !== '') ? 1 : 0
    else if (isChanged(row)) counts.changed++
  }
  return counts
}

/** The server names `stateText` as one and the row as nothing: both are shown where they can be mended. */
function columnOf(field: string): string {
  return field === '' ? 'name' : field.startsWith('stateText') ? 'textOff' : field
}

function wrongText(column: GridColumn, t: ReturnType<typeof useT>): string {
  if (column.kind === 'number') return t('grid.noNumber')
  const choices = column.kind === 'yes-no' ? [t('grid.yes'), t('grid.no')] : column.choices.map((one) => one.title)
  return t('grid.noChoice', { choices: choices.join(', ') })
}

/** Whatever is edited has not been judged yet. */
function withoutEdited(problems: Problems, before: GridState, after: GridState): Problems {
  if (problems.size === 0) return problems
  const old = new Map(before.rows.map((row) => [row.key, row]))
  const edited = new Set(after.rows.filter((row) => old.get(row.key) !== row).map((row) => String(row.key)))
  const there = new Set(after.rows.map((row) => String(row.key)))
  return new Map([...problems].filter(([place]) => there.has(place.split('/')[0] ?? '') && !edited.has(place.split('/')[0] ?? '')))
}

function placesOf(problems: Problems, state: GridState, columns: readonly GridColumn[]): { row: number; column: number }[] {
  return state.rows.flatMap((row, index) =>
    columns.flatMap((column, at) => (problems.has(`${row.key}/${column.key}`) ? [{ row: index, column: at }] : [])),
  )
}
