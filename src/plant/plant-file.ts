import { z } from 'zod'
import { ConfigError } from '#base/errors.ts'
import { plainIssue } from '#base/plain-issue.ts'
import { nearest } from './core/nearest.ts'
import {
  brokerShape,
  chainShape,
  contactShape,
  curveShape,
  deviceShape,
  groupShape,
  holidaysShape,
  layerShape,
  messagingShape,
  overrideShape,
  reportByExceptionShape,
  ruleShape,
  siteShape,
  stepShape,
  templateShape,
  tagShape,
} from './shapes.ts'

const plantTag = z.strictObject({ ...tagShape.shape, rules: z.array(ruleShape).max(4, 'A tag has up to four rules.').default([]) })
const plantDevice = z.strictObject({
  ...deviceShape.shape,
  demo: z.boolean().default(false).meta({ description: 'Part of the demo plant, which goes in one click.' }),
  tags: z.array(plantTag).default([]),
})
const plantContact = z.strictObject({
  ...contactShape.shape,
  devices: z.array(z.string()).nullable().default(null).meta({ description: 'Codes of the devices this contact is told of; null is all.' }),
})
const names = z.array(z.string()).default([])
const plantGroup = z.strictObject({
  ...groupShape,
  parent: z.string().nullable().default(null).meta({ description: 'Name of the group that is told when nobody here answers.' }),
  members: names.meta({ description: 'Names of contacts.' }),
  layers: z
    .array(z.strictObject({ ...layerShape, contacts: names }))
    .max(20)
    .default([]),
  overrides: z
    .array(z.strictObject({ ...overrideShape, contacts: names }))
    .max(500)
    .default([]),
  holidays: holidaysShape,
})
const plantChain = z.strictObject({
  ...chainShape,
  devices: z.array(z.string()).nullable().default(null).meta({ description: 'Codes of the devices; null is all.' }),
  steps: z
    .array(z.strictObject({ ...stepShape, group: z.string() }))
    .max(20)
    .default([]),
})
const plantGateway = z.strictObject({
  enabled: z.boolean().default(true),
  settings: z.record(z.string(), z.unknown()).default({}).meta({ description: 'Secrets never stand in a plant file.' }),
})

/**
 * The whole configuration of a site in one file. A section that is there is the whole truth of its subject: what it leaves out is
 * removed. A section that is missing is left alone.
 */
const plantFile = z.strictObject({
  $schema: z.string().optional(),
  synctide: z.literal(1).meta({ description: 'Version of this format.' }),
  site: siteShape.optional(),
  reportByException: z.record(z.string(), reportByExceptionShape).optional(),
  brokers: z.array(brokerShape).optional().meta({ description: 'Connections that several devices share, without their secrets.' }),
  curves: z.array(curveShape).optional().meta({ description: 'Operating curves that rules judge by.' }),
  devices: z.array(plantDevice).optional(),
  contacts: z.array(plantContact).optional(),
  contactGroups: z.array(plantGroup).optional(),
  chains: z
    .array(plantChain)
    .optional()
    .meta({ description: 'Who is told one after the other; the first that fits an alarm is its chain.' }),
  messaging: messagingShape.optional().meta({ description: 'How answers are read, and who is told of troubles of the system.' }),
  messageTemplates: z.array(templateShape).optional().meta({ description: 'Texts that the site wrote itself; the others are built in.' }),
  gateways: z.record(z.string(), plantGateway).optional(),
})

/** A plant file with every default filled in. */
export type PlantFile = z.infer<typeof plantFile>
export type PlantBroker = z.infer<typeof brokerShape>
export type PlantCurve = z.infer<typeof curveShape>
export type PlantDevice = z.infer<typeof plantDevice>
export type PlantTag = z.infer<typeof plantTag>
export type PlantContact = z.infer<typeof plantContact>
export type PlantGroup = z.infer<typeof plantGroup>
export type PlantChain = z.infer<typeof plantChain>
export type PlantMessaging = z.infer<typeof messagingShape>
export type PlantGateway = z.infer<typeof plantGateway>

/** JSON Schema (draft 2020-12) of the file as people write it; published as docs/plant-file.schema.json. */
export function plantFileSchema(): Readonly<Record<string, unknown>> {
  return { title: 'SyncTide plant file', ...z.toJSONSchema(plantFile, { io: 'input' }) }
}

const PROBLEMS_SHOWN = 20

/**
 * @param raw JSON text, or what it parses to
 * @throws ConfigError that lists up to 20 problems, each with its place and, for an unknown key, the nearest known name
 */
export function parsePlantFile(raw: unknown): PlantFile {
  const content = typeof raw === 'string' ? parseJson(raw) : raw
  const parsed = plantFile.safeParse(content, { error: plainIssue })
  const problems = parsed.success ? repeatedNames(parsed.data) : parsed.error.issues.flatMap((issue) => describe(issue, content))
  const [first] = problems
  if (first !== undefined) {
    const more = problems.length > PROBLEMS_SHOWN ? [`and ${problems.length - PROBLEMS_SHOWN} more`] : []
    throw new ConfigError(first.place, [...problems.slice(0, PROBLEMS_SHOWN).map((problem) => problem.text), ...more].join('\n'), {
      remedy: 'Correct the file; nothing was changed.',
    })
  }
  if (!parsed.success) throw parsed.error
  return parsed.data
}

interface Problem {
  readonly place: string
  readonly text: string
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new ConfigError('', `The plant file is not JSON: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
      remedy: 'Export one to see the form, or check commas and quotes at the place named.',
    })
  }
}

function describe(issue: z.core.$ZodIssue, content: unknown): Problem[] {
  const place = placeOf(issue.path, content)
  if (issue.code !== 'unrecognized_keys') {
    return [{ place, text: `${place === '' ? 'The file' : place}: ${lowerFirst(issue.message)}` }]
  }
  const known = keysAt(issue.path)
  return issue.keys.map((key) => {
    const meant = nearest(key, known)
    const where = place === '' ? key : `${place}.${key}`
    return { place: where, text: `${where}: there is no such key${meant === undefined ? '.' : `; did you mean ${meant}?`}` }
  })
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`
}

/** @returns the path as people find it: `devices[2] (PS-01).tags[0] (Flow).scale` */
export function placeOf(path: readonly PropertyKey[], content: unknown): string {
  let place = ''
  let here = content
  for (const step of path) {
    here = typeof here === 'object' && here !== null ? (here as Record<PropertyKey, unknown>)[step] : undefined
    place += typeof step === 'number' ? `[${step}]${labelOf(here)}` : `${place === '' ? '' : '.'}${String(step)}`
  }
  return place
}

function labelOf(item: unknown): string {
  if (typeof item !== 'object' || item === null) return ''
  const { code, name } = item as Record<string, unknown>
  const label = typeof code === 'string' ? code : typeof name === 'string' ? name : ''
  return label === '' ? '' : ` (${label})`
}

/** Keys that the schema knows at a path. */
function keysAt(path: readonly PropertyKey[]): string[] {
  let schema: unknown = plantFileSchema()
  const child = (of: unknown, key: string): unknown =>
    typeof of === 'object' && of !== null ? (of as Record<string, unknown>)[key] : undefined
  for (const step of path) {
    schema =
      typeof step === 'number'
        ? child(schema, 'items')
        : (child(child(schema, 'properties'), String(step)) ?? child(schema, 'additionalProperties'))
  }
  return Object.keys(child(schema, 'properties') ?? {})
}

/** Names that must be unique, compared without case as the database does. */
function repeatedNames(file: PlantFile): Problem[] {
  const problems: Problem[] = []
  const check = (place: string, names: readonly string[], what: string): void => {
    const seen = new Map<string, number>()
    names.forEach((name, index) => {
      const earlier = seen.get(name.toLowerCase())
      if (earlier !== undefined) problems.push({ place, text: `${place}[${index}]: ${what} ${name} stands at [${earlier}] already.` })
      else seen.set(name.toLowerCase(), index)
    })
  }
  const devices = file.devices ?? []
  check(
    'devices',
    devices.map((device) => device.code),
    'device',
  )
  check(
    'brokers',
    (file.brokers ?? []).map((broker) => broker.code),
    'broker',
  )
  check(
    'curves',
    (file.curves ?? []).map((curve) => curve.name),
    'curve',
  )
  check(
    'contacts',
    (file.contacts ?? []).map((contact) => contact.name),
    'contact',
  )
  check(
    'contactGroups',
    (file.contactGroups ?? []).map((group) => group.name),
    'group',
  )
  check(
    'chains',
    (file.chains ?? []).map((chain) => chain.name),
    'chain',
  )
  devices.forEach((device, index) => {
    const place = `devices[${index}] (${device.code}).tags`
    check(
      place,
      device.tags.map((tag) => tag.name),
      'tag',
    )
    device.tags.forEach((tag, at) =>
      check(
        `${place}[${at}] (${tag.name}).rules`,
        tag.rules.map((rule) => rule.name),
        'rule',
      ),
    )
  })
  return problems
}
