import { z } from 'zod'
import { PROTOCOLS } from '#drivers/catalogue.ts'
import type { JsonSchema } from '#drivers/driver.ts'
import { secretFieldsOf } from '#drivers/secret-fields.ts'
import { deviceShape, ruleShape, tagShape } from '../shapes.ts'
import { driverOf } from '../validate.ts'

export const SHEETS = ['Devices', 'Tags', 'Rules'] as const
export type SheetName = (typeof SHEETS)[number]

/** How a cell of a column is read and written. */
export type ColumnKind =
  | 'text'
  | 'number'
  | 'yes-no'
  | 'choice'
  /** A number, or the word off for null. */
  | 'number-or-off'
  /** Whatever JSON can hold; a text that is no JSON stands for itself. */
  | 'json'

export interface Column {
  /** As the heading says it; never translated, so that files fit every installation: `connection.host` */
  readonly name: string
  readonly kind: ColumnKind
  readonly choices: readonly string[]
  /** What the guide says of it. */
  readonly explanation: string
  /** What an empty cell stands for, in words. */
  readonly fallback: string
  /** Without it a row means nothing. */
  readonly key: boolean
}

export type Columns = Readonly<Record<SheetName, readonly Column[]>>

/** Every column there is, those of the drivers' own settings included. The names are stable. */
export async function allColumns(): Promise<Columns> {
  const drivers = await Promise.all(PROTOCOLS.map(driverOf))
  const connection = settingColumns(
    'connection',
    drivers.map(({ title, connectionSchema }) => [title, connectionSchema]),
  )
  const settings = settingColumns(
    'settings',
    drivers.map(({ title, tagSchema }) => [title, tagSchema]),
  )
  return {
    Devices: [...fieldColumns(deviceShape, ['code'], ['connection'], DEVICE_WORDS), ...connection],
    Tags: [
      column('device', { kind: 'text', explanation: 'Code of the device it belongs to.', key: true }),
      ...fieldColumns(tagShape, ['name'], ['settings', 'stateText'], TAG_WORDS),
      column('textOff', { kind: 'text', explanation: 'Word shown for 0, of a digital tag.' }),
      column('textOn', { kind: 'text', explanation: 'Word shown for 1, of a digital tag.' }),
      ...settings,
    ],
    Rules: [
      column('device', { kind: 'text', explanation: 'Code of the device.', key: true }),
      column('tag', { kind: 'text', explanation: 'Name of the tag it judges.', key: true }),
      ...fieldColumns(ruleShape, ['name'], [], RULE_WORDS),
    ],
  }
}

const DEVICE_WORDS: Readonly<Record<string, string>> = {
  code: 'Short and unique. It says which device a row means; a new code adds a device.',
  name: 'What people call it.',
  protocol: 'How it speaks. It cannot be changed later.',
  enabled: 'Whether it is polled.',
  commSeverity: 'How severe a loss of communication is.',
  livenessCounts: 'Whether a test frame or a clock item keeps the communication alive; no: only measured values do.',
  commTimeoutSeconds: 'Age in seconds of the newest value that raises the alarm of lost communication; off: none.',
  pollMillis: 'Milliseconds from poll to poll.',
  timeoutMillis: 'Milliseconds to wait for an answer.',
  fedBy: 'Code of the device that this one hangs on (power, water, network).',
  pollStreak: 'Failed polls in a row that raise an alarm; off: none.',
}
const TAG_WORDS: Readonly<Record<string, string>> = {
  name: 'Unique on its device. It says which tag a row means; a new name adds a tag.',
  address: 'Where it lies, in the words of the protocol. Format the cell as text: 00001 and 40001.10 are no numbers.',
  kind: 'What the value is.',
  unit: 'Unit shown behind the value.',
  decimals: 'Digits shown after the decimal sign.',
  scale: 'value = raw * scale + offset',
  offset: 'value = raw * scale + offset',
  deadband: 'Smaller changes are not stored; alarms see them all the same.',
  enabled: 'Whether it is read.',
  formula: 'Of a virtual tag: what it is computed from, such as ${PS-01:Flow} * 3.6; then it has no address.',
}
const RULE_WORDS: Readonly<Record<string, string>> = {
  name: 'What the operator reads. It says which rule of the tag a row means; a new name adds a rule. A tag has up to four.',
  label: 'Which of the four limits it is.',
  severity: 'How severe the alarm is.',
  enabled: 'Whether it is judged.',
  autoClose: 'Whether a return to normal closes the alarm without an acknowledgement.',
  cooldownMinutes: 'Minutes between messages when it raises again.',
  reAlarmMinutes: 'Minutes after which an alarm that still stands is told again; off: never.',
  operator: 'How the value is compared with the setpoint.',
  setpoint: 'The threshold, in the unit of the tag.',
  deadband: 'Hysteresis: how far the value must come back before the alarm clears.',
  onDelaySeconds: 'Seconds that the value must stay beyond the threshold.',
  offDelaySeconds: 'Seconds that it must be back.',
  kind: 'What is judged: the value, a digital state, an increase over a window, a rate of change, a distance from a target or a curve, staleness or bad quality.',
  category: 'Path in the tree of categories, such as Process/Levels.',
  latch: 'Whether a return to normal must be reset by hand.',
  bit: 'digital: which bit of the register, 0 is the least significant; off: the whole value.',
  transitionOnly: 'digital: each change into the state is an event of its own.',
  windowSeconds: 'totalizer, rate_of_change: over how many seconds.',
  modulus: 'totalizer: where the counter begins anew, such as 65536; off: a step down is a reset.',
  target: 'deviation, out_of_band: the target.',
  curve: 'curve: the name of the operating curve.',
  xTag: 'curve: the tag of the other axis, as Device:Tag.',
  suppressTag: 'While this tag (Device:Tag) is on, nobody is told.',
}

function column(name: string, given: Partial<Column> & Pick<Column, 'kind' | 'explanation'>): Column {
  return { name, choices: [], fallback: '', key: false, ...given }
}

function fieldColumns(
  shape: z.ZodObject,
  keys: readonly string[],
  without: readonly string[],
  words: Readonly<Record<string, string>>,
): Column[] {
  const { properties = {} } = z.toJSONSchema(shape, { io: 'input' })
  return Object.entries(properties)
    .filter(([name]) => !without.includes(name))
    .map(([name, schema]) => {
      const property = schema as PropertySchema
      const choices = name === 'protocol' ? [...PROTOCOLS] : choicesOf(property)
      const kind = name === 'protocol' ? 'choice' : kindOf(property)
      return column(name, {
        kind,
        choices,
        explanation: words[name] ?? property.description ?? property.title ?? '',
        fallback: name === 'name' && keys.includes('code') ? 'the code' : textOf(property.default),
        key: keys.includes(name),
      })
    })
}

/** The settings of all protocols side by side; those of the same name share a column. */
function settingColumns(prefix: string, schemas: readonly (readonly [title: string, schema: JsonSchema])[]): Column[] {
  const found = new Map<string, Column>()
  for (const [title, schema] of schemas) {
    const secrets = secretFieldsOf(schema)
    for (const [field, property] of Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, PropertySchema>>)) {
      if (secrets.includes(field)) continue
      const name = `${prefix}.${field}`
      const known = found.get(name)
      const choices = choicesOf(property)
      const kind = kindOf(property)
      found.set(
        name,
        column(name, {
          // two protocols that mean different things by a name: the cell says which by itself
          kind: known === undefined || known.kind === kind ? kind : 'json',
          choices: [...new Set([...(known?.choices ?? []), ...choices])],
          explanation: [known?.explanation, `${title}: ${property.description ?? property.title ?? field}`].filter(Boolean).join(' '),
          fallback: textOf(property.default),
        }),
      )
    }
  }
  return [...found.values()]
}

interface PropertySchema {
  readonly type?: string | readonly string[]
  readonly title?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly PropertySchema[]
}

function kindOf(schema: PropertySchema): ColumnKind {
  const types = typesOf(schema)
  if (types.delete('null') && types.size === 1 && (types.has('number') || types.has('integer'))) return 'number-or-off'
  const [only] = types
  if (types.size !== 1 || only === undefined) return 'json'
  if (only === 'boolean') return 'yes-no'
  if (only === 'number' || only === 'integer') return 'number'
  if (only !== 'string') return 'json'
  return choicesOf(schema).length > 0 ? 'choice' : 'text'
}

function typesOf(schema: PropertySchema): Set<string> {
  if (schema.anyOf !== undefined) return new Set(schema.anyOf.flatMap((one) => [...typesOf(one)]))
  if (schema.type !== undefined) return new Set(typeof schema.type === 'string' ? [schema.type] : schema.type)
  return new Set([...(schema.enum ?? []), ...(schema.const === undefined ? [] : [schema.const])].map((value) => typeof value))
}

function choicesOf(schema: PropertySchema): string[] {
  const values = [...(schema.enum ?? []), ...(schema.anyOf ?? []).flatMap((one) => [...(one.enum ?? []), one.const])]
  return values.filter((value) => typeof value === 'string')
}

function textOf(value: unknown): string {
  return value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)
}
