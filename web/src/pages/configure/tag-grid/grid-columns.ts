import { readNumber, readYesNo } from '#plant/sheets/core/csv.ts'
import type { Tag } from '../../../api/replies.ts'
import type { Translate } from '../../../i18n/translate.ts'
import { type Field, fieldsOf } from '../../../widgets/schema-form/schema.ts'

/** A column of the table of tags. Cells hold text, as somebody types it; it gets a meaning when the row is saved. */
export interface GridColumn {
  /** As the server names it in a problem: `address`, `settings.dataType`. */
  readonly key: string
  readonly title: string
  readonly kind: 'text' | 'number' | 'yes-no' | 'choice'
  readonly choices: readonly { readonly value: string | number | boolean; readonly title: string }[]
  /** Pixels. */
  readonly width: number
}

/** How cells are written and read on this screen. */
export interface CellWords {
  readonly yes: string
  readonly no: string
  readonly decimal: '.' | ','
}

export type Cells = readonly string[]

/** @param tagSchema the driver's own settings of a tag, as JSON Schema */
export function gridColumns(tagSchema: Readonly<Record<string, unknown>>, t: Translate, say: (english: string) => string): GridColumn[] {
  const kinds = (['analog', 'counter', 'digital', 'text'] as const).map((value) => ({ value, title: t(`config.kind.${value}`) }))
  return [
    column('name', t('config.name'), 'text', 200),
    column('address', t('config.address'), 'text', 110),
    ...fieldsOf(tagSchema).map((field) => settingColumn(field, say)),
    { ...column('kind', t('config.kind'), 'choice', 130), choices: kinds },
    column('unit', t('config.unit'), 'text', 80),
    column('decimals', t('config.decimals'), 'number', 80),
    column('scale', t('config.scale'), 'number', 90),
    column('offset', t('config.offset'), 'number', 80),
    column('deadband', t('config.deadband'), 'number', 110),
    column('textOff', t('config.textOff'), 'text', 110),
    column('textOn', t('config.textOn'), 'text', 110),
    column('enabled', t('config.enabled'), 'yes-no', 80),
  ]
}

function column(key: string, title: string, kind: GridColumn['kind'], width: number): GridColumn {
  return { key, title, kind, choices: [], width }
}

function settingColumn({ name, title, kind, choices }: Field, say: (english: string) => string): GridColumn {
  const kinds = { boolean: 'yes-no', choice: 'choice', number: 'number', integer: 'number' } as const
  const known = kind === 'boolean' || kind === 'choice' || kind === 'number' || kind === 'integer' ? kinds[kind] : 'text'
  const heading = say(title)
  return {
    ...column(`settings.${name}`, heading, known, Math.min(210, Math.max(90, heading.length * 7 + 20))),
    choices: choices.map((one) => ({ ...one, title: say(one.title) })),
  }
}

/** A tag as the cells of its row. */
export function cellsOf(tag: Omit<Tag, 'id' | 'deviceId'>, columns: readonly GridColumn[], words: CellWords): string[] {
  const { settings, stateText, ...fields } = tag
  const values: Readonly<Record<string, unknown>> = { ...fields, textOff: stateText?.[0], textOn: stateText?.[1] }
  return columns.map((one) => {
    const value = one.key.startsWith('settings.') ? settings[one.key.slice('settings.'.length)] : values[one.key]
    return textOf(value, one, words)
  })
}

function textOf(value: unknown, { choices }: GridColumn, words: CellWords): string {
  if (value === undefined || value === null) return ''
  const choice = choices.find((one) => one.value === value)
  if (choice !== undefined) return choice.title
  if (typeof value === 'boolean') return value ? words.yes : words.no
  if (typeof value === 'number') return String(value).replace('.', words.decimal)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

export interface RowReading {
  /** As the server wants it; what is empty is left out, so that its default holds. */
  readonly tag: Record<string, unknown>
  /** Columns whose cell means nothing. */
  readonly wrong: readonly GridColumn[]
}

/** @param before the tag that the row was made from: settings without a column are kept */
export function readRow(cells: Cells, columns: readonly GridColumn[], words: CellWords, before: Tag | null): RowReading {
  const shown = new Set(columns.map((one) => one.key))
  const settings: Record<string, unknown> = Object.fromEntries(
    Object.entries(before?.settings ?? {}).filter(([key]) => !shown.has(`settings.${key}`)),
  )
  const fields: Record<string, unknown> = {}
  const wrong: GridColumn[] = []
  for (const [index, one] of columns.entries()) {
    const text = cells[index] ?? ''
    if (text.trim() === '') continue
    const value = valueOf(text, one, words)
    if (value === undefined) wrong.push(one)
    else if (one.key.startsWith('settings.')) settings[one.key.slice('settings.'.length)] = value
    else fields[one.key] = value
  }
  const { textOff, textOn, ...rest } = fields
  const stateText = textOff === undefined && textOn === undefined ? null : [textOff ?? '', textOn ?? '']
  return { tag: { name: '', address: '', ...rest, stateText, settings }, wrong }
}

function valueOf(text: string, { kind, choices }: GridColumn, words: CellWords): unknown {
  const word = text.trim().toLowerCase()
  switch (kind) {
    case 'text':
      return text.trim()
    case 'number':
      return readNumber(text)
    case 'yes-no':
      return word === words.yes.toLowerCase() ? true : word === words.no.toLowerCase() ? false : readYesNo(text)
    case 'choice':
      return choices.find((one) => one.title.toLowerCase() === word || String(one.value).toLowerCase() === word)?.value
  }
}
