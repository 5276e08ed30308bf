import type { PlainKey } from '../../../i18n/translate.ts'

const ACTIONS: Readonly<Record<string, PlainKey>> = {
  'POST /api/login': 'audit.loggedIn',
  'POST /api/logout': 'audit.loggedOut',
  'POST /api/setup': 'audit.setUp',
  'POST /api/password-link': 'audit.password',
  'POST /api/me/password': 'audit.password',
  'POST /api/alarms/acknowledge': 'audit.acknowledged',
  'POST /api/acknowledge-link/:token': 'audit.acknowledged',
  'POST /api/plant/apply': 'audit.applied',
  'plant.apply': 'audit.applied',
  'user.add': 'audit.added',
  'token.create': 'audit.added',
  'setup-link': 'audit.added',
  'retention.run': 'audit.retentionRun',
  'backup.take': 'audit.backup',
  'history.import': 'audit.imported',
  'POST /api/history/import': 'audit.imported',
  'POST /api/backups': 'audit.backup',
}
const ENDINGS: readonly (readonly [RegExp, PlainKey])[] = [
  [/\/(test|probe)$/, 'audit.tested'],
  [/\/retry$/, 'audit.retried'],
  [/\/restart$/, 'audit.restarted'],
  [/\/apply$/, 'audit.applied'],
  [/\/undo$/, 'audit.undone'],
]
const METHODS: Readonly<Record<string, PlainKey>> = { POST: 'audit.added', PUT: 'audit.changed', DELETE: 'audit.removed' }

/** @returns the word for what somebody did; undefined for an action that is not known here and is shown as it was noted */
export function actionWord(action: string): PlainKey | undefined {
  const known = ACTIONS[action] ?? ENDINGS.find(([ending]) => ending.test(action))?.[1]
  return known ?? METHODS[action.split(' ')[0] ?? '']
}

export interface FieldChange {
  readonly field: string
  /** undefined: it was not there. */
  readonly before: string | undefined
  readonly after: string | undefined
}

/** @returns every value that differs, by its path: `connection.port`; of something added or removed all that it had */
export function changedFields(before: unknown, after: unknown): readonly FieldChange[] {
  const [old, now] = [flat(before), flat(after)]
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((field) => ({ field, before: old.get(field), after: now.get(field) }))
    .filter((change) => change.before !== change.after)
}

function flat(value: unknown, path = '', found = new Map<string, string>()): ReadonlyMap<string, string> {
  if (value === null || value === undefined) {
    if (path !== '' && value === null) found.set(path, '–')
  } else if (typeof value !== 'object') found.set(path === '' ? 'value' : path, textOf(value))
  else if (Array.isArray(value)) found.set(path === '' ? 'value' : path, value.map(textOf).join(', '))
  else for (const [key, inner] of Object.entries(value)) flat(inner, path === '' ? key : `${path}.${key}`, found)
  return found
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
