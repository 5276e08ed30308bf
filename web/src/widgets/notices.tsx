import { IconAlertTriangle, IconCheck, IconX } from '@tabler/icons-react'
import { type ReactNode, useSyncExternalStore } from 'react'
import { asError } from '#base/errors.ts'
import { ApiError } from '../api/client.ts'
import { useT } from '../i18n/language.ts'
import { IconButton } from './controls/icon-button.tsx'

interface Notice {
  readonly id: number
  readonly kind: 'done' | 'error'
  readonly text: string
  readonly detail: string | null
}

const SHOWN_MILLIS = 6_000
let notices: readonly Notice[] = []
let counter = 0
const listeners = new Set<() => void>()

function put(next: readonly Notice[]): void {
  notices = next
  for (const listener of listeners) listener()
}

function add(kind: Notice['kind'], text: string, detail: string | null): void {
  const id = ++counter
  put([...notices.slice(-3), { id, kind, text, detail }])
  if (kind === 'done') setTimeout(() => dismiss(id), SHOWN_MILLIS)
}

function dismiss(id: number): void {
  put(notices.filter((notice) => notice.id !== id))
}

/** The visible result of an action, for some seconds. */
export function tellDone(text: string): void {
  add('done', text, null)
}

/** A failure, with its remedy, until it is closed. */
export function tellError(error: unknown): void {
  add('error', asError(error).message, error instanceof ApiError ? error.remedy : null)
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function Notices(): ReactNode {
  const t = useT()
  const shown = useSyncExternalStore(subscribe, () => notices)
  return (
    <output className="notices" aria-live="polite">
      {shown.map((notice) => (
        <div key={notice.id} className="notice" data-kind={notice.kind}>
          {notice.kind === 'done' ? (
            <IconCheck size={20} aria-hidden />
          ) : (
            <IconAlertTriangle size={20} color="var(--critical)" aria-hidden />
          )}
          <div className="grow">
            <div>{notice.text}</div>
            {notice.detail !== null && <div className="meta">{notice.detail}</div>}
          </div>
          <IconButton aria-label={t('action.close')} onClick={() => dismiss(notice.id)}>
            <IconX size={16} aria-hidden />
          </IconButton>
        </div>
      ))}
    </output>
  )
}
