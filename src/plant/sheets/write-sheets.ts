import type { PlantDevice } from '../plant-file.ts'
import { writeValue } from './cells.ts'
import { SHEETS, type Column, type Columns, type SheetName } from './columns.ts'
import type { Cell } from './core/csv.ts'

/** A sheet as rows of cells; the first row holds the headings. */
export interface Sheet {
  readonly name: SheetName | 'Guide'
  readonly rows: readonly (readonly Cell[])[]
}

type Record_ = Readonly<Record<string, unknown>>

/** The devices of a plant as three sheets, every default filled in; columns of settings that nobody uses are left out. */
export function writeSheets(devices: readonly PlantDevice[], columns: Columns): Sheet[] {
  const records: Readonly<Record<SheetName, readonly Record_[]>> = {
    Devices: devices.map(({ tags: _tags, demo: _demo, connection, ...device }) => ({ ...device, ...prefixed('connection', connection) })),
    Tags: devices.flatMap(({ code, tags }) =>
      tags.map(({ rules: _rules, stateText, settings, ...tag }) => ({
        device: code,
        ...tag,
        ...(stateText === null ? {} : { textOff: stateText[0], textOn: stateText[1] }),
        ...prefixed('settings', settings),
      })),
    ),
    Rules: devices.flatMap(({ code, tags }) => tags.flatMap((tag) => tag.rules.map((rule) => ({ device: code, tag: tag.name, ...rule })))),
  }
  return SHEETS.map((name) => sheetOf(name, records[name], columns[name]))
}

/** What every column means, for whoever opens the workbook. */
export function writeGuide(columns: Columns): Sheet {
  const rows = SHEETS.flatMap((name) =>
    columns[name].map((one): Cell[] => [
      name,
      one.name,
      one.key ? 'yes' : '',
      one.explanation,
      one.kind === 'yes-no' ? 'TRUE, FALSE' : one.choices.join(', '),
      one.fallback,
    ]),
  )
  const head: Cell[][] = [
    [
      'Change the sheets Devices, Tags and Rules and import the file under Configuration: you see every difference before anything is changed.',
    ],
    [
      'A row is recognised by its key columns. Columns may stand in any order; a column that is missing leaves its field as it is; an empty cell means the default.',
    ],
    ['Passwords are never part of this file.'],
    [],
    ['sheet', 'column', 'key', 'meaning', 'values', 'empty means'],
  ]
  return { name: 'Guide', rows: [...head, ...rows] }
}

function prefixed(prefix: string, settings: Record_): Record_ {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`${prefix}.${key}`, value]))
}

function sheetOf(name: SheetName, records: readonly Record_[], known: readonly Column[]): Sheet {
  const used = new Set(records.flatMap((record) => Object.keys(record).filter((key) => record[key] !== undefined)))
  const unknown = [...used].filter((key) => !known.some((one) => one.name === key))
  const shown = [
    ...known.filter((one) => !one.name.includes('.') || used.has(one.name)),
    // of a setting that no driver declares only its own value tells the type
    ...unknown.map((key): Column => ({ name: key, kind: 'json', choices: [], explanation: '', fallback: '', key: false })),
  ]
  return { name, rows: [shown.map((one) => one.name), ...records.map((record) => shown.map((one) => writeValue(record[one.name], one)))] }
}
