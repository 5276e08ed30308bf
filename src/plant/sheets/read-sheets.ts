import { plainIssue } from '#base/plain-issue.ts'
import type { z } from 'zod'
import { nearest } from '../core/nearest.ts'
import type { PlantDevice, PlantTag } from '../plant-file.ts'
import { deviceShape, ruleShape, tagShape, type RuleBody } from '../shapes.ts'
import { readCell } from './cells.ts'
import type { Columns } from './columns.ts'
import { recognise, type RawSheet, type Row, type SheetProblem, type Table } from './tables.ts'

export interface SheetReading {
  /** The devices as they shall be. */
  readonly devices: readonly PlantDevice[]
  readonly problems: readonly SheetProblem[]
  /** The row that speaks of a device or, with a slash, of a tag of it; in small letters. */
  readonly rows: ReadonlyMap<string, Row>
}

/** A device on the desk: rows change it until the whole file is read. */
interface Draft extends Omit<PlantDevice, 'tags'> {
  /** By name in small letters, in order. */
  readonly tags: Map<string, Omit<PlantTag, 'rules'> & { rules: RuleBody[] }>
}

/**
 * Lays the rows of a workbook over the devices there are. A row adds what is not there and changes what is; a column that is missing
 * leaves its field alone, an empty cell puts it back to its default.
 * @param remove also take away what the file leaves out: devices, if there is a sheet of them; tags and rules of the devices that the
 * file speaks of
 */
export function readSheets(sheets: readonly RawSheet[], current: readonly PlantDevice[], columns: Columns, remove: boolean): SheetReading {
  const { tables, problems } = recognise(sheets, columns)
  const desk = new Desk(current, columns, [...problems])
  for (const table of tables.filter((one) => one.name === 'Devices')) desk.devices(table)
  for (const table of tables.filter((one) => one.name === 'Tags')) desk.tags(table)
  for (const table of tables.filter((one) => one.name === 'Rules')) desk.rules(table)
  if (remove) desk.removeUnnamed(new Set(tables.map((table) => table.name)))
  return desk.reading()
}

type Fields = Map<string, unknown>

const HELPED = 50

class Desk {
  readonly #drafts = new Map<string, Draft>()
  readonly #columns: Columns
  readonly #problems: SheetProblem[]
  readonly #rows = new Map<string, Row>()
  /** Every device that some sheet speaks of. */
  readonly #named = new Set<string>()

  constructor(current: readonly PlantDevice[], columns: Columns, problems: SheetProblem[]) {
    this.#columns = columns
    this.#problems = problems
    for (const device of current) {
      this.#drafts.set(device.code.toLowerCase(), {
        ...device,
        tags: new Map(device.tags.map((tag) => [tag.name.toLowerCase(), { ...tag, rules: [...tag.rules] }])),
      })
    }
  }

  devices(table: Table): void {
    for (const row of table.rows) {
      const fields = this.#read(row, table, ['code'])
      if (fields === undefined) continue
      const code = String(fields.get('code')).trim()
      const key = code.toLowerCase()
      if (!this.#claim(key, row, `device ${code}`)) continue
      this.#named.add(key)
      const before = this.#drafts.get(key)
      const { connection, rest } = apart(fields, 'connection')
      if (rest.has('name') && rest.get('name') === undefined) rest.set('name', code)
      const given = {
        ...overlay(before === undefined ? { name: code } : without(before, ['tags', 'demo', 'connection']), rest),
        connection: overlay(before?.connection ?? {}, connection),
      }
      const device = this.#check(deviceShape, given, row, table)
      if (device === undefined) continue
      if (before !== undefined && before.protocol !== device.protocol) {
        this.#problem(
          row,
          'protocol',
          `${code} speaks ${before.protocol}; the protocol of a device stays.`,
          'Give the device another code: that adds a new one.',
        )
      } else this.#drafts.set(key, { ...device, demo: before?.demo ?? false, tags: before?.tags ?? new Map() })
    }
  }

  tags(table: Table): void {
    for (const row of table.rows) {
      const fields = this.#read(row, table, ['device', 'name'])
      const device = fields && this.#device(fields, row)
      if (fields === undefined || device === undefined) continue
      const name = String(fields.get('name')).trim()
      const key = `${device.code.toLowerCase()}/${name.toLowerCase()}`
      if (!this.#claim(key, row, `tag ${device.code} / ${name}`)) continue
      const before = device.tags.get(name.toLowerCase())
      const { settings, rest } = apart(fields, 'settings')
      rest.delete('device')
      const stateText = stateTextOf(before?.stateText ?? null, rest)
      const given = {
        ...overlay(before === undefined ? {} : without(before, ['rules', 'settings']), rest),
        stateText,
        settings: overlay(before?.settings ?? {}, settings),
      }
      const tag = this.#check(tagShape, given, row, table)
      if (tag === undefined) continue
      device.tags.set(name.toLowerCase(), { ...tag, rules: before?.rules ?? [] })
    }
  }

  rules(table: Table): void {
    for (const row of table.rows) {
      const fields = this.#read(row, table, ['device', 'tag', 'name'])
      const device = fields && this.#device(fields, row)
      if (fields === undefined || device === undefined) continue
      const tagName = String(fields.get('tag')).trim()
      const tag = device.tags.get(tagName.toLowerCase())
      if (tag === undefined) {
        const meant = this.#meant(
          tagName,
          [...device.tags.values()].map((one) => one.name),
        )
        this.#problem(
          row,
          'tag',
          `${device.code} has no tag ${tagName}${meant === undefined ? '.' : `; did you mean ${meant}?`}`,
          'Correct the name, or add the tag to the sheet Tags.',
        )
        continue
      }
      const name = String(fields.get('name')).trim()
      if (!this.#claim(`${device.code}/${tag.name}/${name}`.toLowerCase(), row, `rule ${name}`)) continue
      fields.delete('device')
      fields.delete('tag')
      const index = tag.rules.findIndex((rule) => rule.name.toLowerCase() === name.toLowerCase())
      const rule = this.#check(ruleShape, overlay(tag.rules[index] ?? {}, fields), row, table)
      if (rule === undefined) continue
      if (index !== -1) tag.rules[index] = rule
      else tag.rules.push(rule)
    }
  }

  removeUnnamed(sheets: ReadonlySet<string>): void {
    for (const [key, draft] of this.#drafts) {
      if (sheets.has('Devices') && this.#rows.get(key) === undefined) this.#drafts.delete(key)
      if (!this.#named.has(key)) continue
      if (sheets.has('Tags')) {
        for (const name of draft.tags.keys()) if (!this.#rows.has(`${key}/${name}`)) draft.tags.delete(name)
      }
      if (!sheets.has('Rules')) continue
      for (const tag of draft.tags.values())
        tag.rules = tag.rules.filter((rule) => this.#rows.has(`${key}/${tag.name}/${rule.name}`.toLowerCase()))
    }
  }

  reading(): SheetReading {
    for (const draft of this.#drafts.values()) {
      for (const tag of draft.tags.values()) {
        if (tag.rules.length <= 4) continue
        const row = tag.rules
          .map((rule) => this.#rows.get(`${draft.code}/${tag.name}/${rule.name}`.toLowerCase()))
          .findLast((one) => one !== undefined)
        if (row !== undefined)
          this.#problem(
            row,
            'name',
            `${draft.code} / ${tag.name} would have ${tag.rules.length} rules; four are the most.`,
            'Remove a row, or change an existing rule instead.',
          )
      }
    }
    return {
      devices: [...this.#drafts.values()].map((draft) => ({ ...draft, tags: [...draft.tags.values()] })),
      problems: this.#problems,
      rows: this.#rows,
    }
  }

  /** The cells of a row by column; undefined in the map is an empty cell. @returns undefined when a key is missing or a cell is wrong */
  #read(row: Row, table: Table, keys: readonly string[]): Fields | undefined {
    const fields: Fields = new Map()
    let good = true
    for (const column of table.columns) {
      const reading = readCell(row.cells.get(column.name) ?? null, column)
      if (reading.kind === 'problem') {
        this.#problem(row, column.name, reading.message, reading.remedy)
        good = false
      } else fields.set(column.name, reading.kind === 'value' ? reading.value : undefined)
    }
    for (const key of keys) {
      const value = fields.get(key)
      if (typeof value === 'string' && value.trim() !== '') continue
      if (good) this.#problem(row, key, `The ${key} is missing.`, 'Fill it in, or remove the row.')
      good = false
    }
    return good ? fields : undefined
  }

  #device(fields: Fields, row: Row): Draft | undefined {
    const code = String(fields.get('device')).trim()
    const device = this.#drafts.get(code.toLowerCase())
    if (device !== undefined) {
      this.#named.add(code.toLowerCase())
      return device
    }
    const meant = this.#meant(
      code,
      [...this.#drafts.values()].map((one) => one.code),
    )
    this.#problem(
      row,
      'device',
      `There is no device ${code}${meant === undefined ? '.' : `; did you mean ${meant}?`}`,
      'Correct the code, or add the device to the sheet Devices.',
    )
    return undefined
  }

  /** Looked for while there are few problems: a whole sheet of the wrong plant would keep the server busy for minutes. */
  #meant(word: string, candidates: readonly string[]): string | undefined {
    return this.#problems.length < HELPED ? nearest(word, candidates) : undefined
  }

  /** Says that a row speaks of something; a second row must not. */
  #claim(key: string, row: Row, what: string): boolean {
    const earlier = this.#rows.get(key)
    if (earlier === undefined) {
      this.#rows.set(key, row)
      return true
    }
    this.#problem(
      row,
      'name',
      `The ${what} stands in row ${earlier.number}${earlier.place === row.place ? '' : ` of ${earlier.place}`} already.`,
      'Remove one of the two rows.',
    )
    return false
  }

  #check<Shape extends z.ZodType>(shape: Shape, given: unknown, row: Row, table: Table): z.output<Shape> | undefined {
    const parsed = shape.safeParse(given, { error: plainIssue })
    if (parsed.success) return parsed.data
    for (const { path, message } of parsed.error.issues) {
      const field = path.map(String).join('.')
      const column = this.#columns[table.name].find((one) => one.name === field)?.name ?? field
      this.#problem(
        row,
        column,
        table.columns.some((one) => one.name === column) ? message : `${message} There is no column ${column}.`,
        'Correct the cell.',
      )
    }
    return undefined
  }

  #problem(row: Row, column: string, message: string, remedy: string): void {
    this.#problems.push({ place: row.place, row: row.number, column, message, remedy })
  }
}

/** Parts `prefix.x` from the rest. */
function apart<Prefix extends string>(fields: Fields, prefix: Prefix): Record<Prefix, Fields> & { rest: Fields } {
  const below: Fields = new Map()
  const rest: Fields = new Map()
  for (const [name, value] of fields) {
    if (name.startsWith(`${prefix}.`)) below.set(name.slice(prefix.length + 1), value)
    else rest.set(name, value)
  }
  return { [prefix]: below, rest } as Record<Prefix, Fields> & { rest: Fields }
}

/** Fields laid over what was there; an empty one takes the old away, so that the default holds. */
function overlay(before: object, fields: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...before, ...Object.fromEntries(fields) }).filter(([, value]) => value !== undefined))
}

function without<T extends object>(item: T, keys: readonly (keyof T & string)[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).filter(([key]) => !keys.some((one) => one === key)))
}

/** Both words stand in columns of their own; both empty is no words at all. */
function stateTextOf(before: PlantTag['stateText'], rest: Fields): PlantTag['stateText'] {
  const word = (name: string, old: string | undefined): string | undefined => {
    if (!rest.has(name)) return old
    const value = rest.get(name)
    return typeof value === 'string' ? value : undefined
  }
  const off = word('textOff', before?.[0])
  const on = word('textOn', before?.[1])
  rest.delete('textOff')
  rest.delete('textOn')
  return off === undefined && on === undefined ? null : [off ?? '', on ?? '']
}
