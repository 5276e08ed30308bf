import { z } from 'zod'
import { MESSAGE_LANGUAGES } from '#domain/contact.ts'
import { TAG_RULE_KINDS } from '#domain/alarm.ts'
import { brokerShape, categoryScope, contactShape, curveShape, deviceShape, ruleShape, siteShape, tagShape } from '#plant/shapes.ts'

/** Microseconds since 1970-01-01T00:00:00Z. */
export const instant = z.number().meta({ description: 'Microseconds since 1970-01-01T00:00:00Z' })
export const id = z.number().int().positive()
export const idParams = z.object({ id: z.coerce.number().int().positive() })
export const severity = z.enum(['info', 'warning', 'critical'])
export const role = z.enum(['viewer', 'operator', 'engineer', 'administrator'])
export const language = z.enum(['en', 'pt', 'es'])
export const operator = z.enum(['>', '>=', '<', '<=', '=', '!='])
/** Integers beyond 2^53 travel as decimal strings. */
export const value = z.union([z.number(), z.boolean(), z.string(), z.null()])
export const jsonObject = z.record(z.string(), z.unknown())
export const nothing = z.object({})

export const errorReply = z.object({
  code: z.string(),
  message: z.string(),
  remedy: z.string().nullable(),
  /** Path of the offending value in the form, e.g. `connection.host`; empty for the whole. */
  field: z.string(),
  requestId: z.string(),
})

export const device = z.object({
  id,
  code: z.string(),
  name: z.string(),
  area: z.string(),
  protocol: z.string(),
  enabled: z.boolean(),
  pollMillis: z.number().int(),
  timeoutMillis: z.number().int(),
  commTimeoutSeconds: z.number().int().nullable(),
  commSeverity: severity,
  pollStreak: z.number().int().nullable().optional(),
  /** Code of another device; empty for none. */
  fedBy: z.string().optional(),
  livenessCounts: z.boolean(),
  connection: jsonObject,
  demo: z.boolean(),
  /** Names of the secret fields (`writeOnly` in the connection's schema) that are set; their content is never told. */
  secretsSet: z.array(z.string()),
})
/** Secret fields by name: one left out stays as it is, an empty one is taken away. */
export const secrets = z.record(z.string().max(100), z.string().max(10_000)).default({})
export const deviceBody = z.strictObject({ ...deviceShape.shape, secrets })

export const broker = z.object({
  id,
  code: z.string(),
  name: z.string(),
  protocol: z.string(),
  enabled: z.boolean(),
  settings: jsonObject,
  secretsSet: z.array(z.string()),
})
export const brokerBody = z.strictObject({ ...brokerShape.shape, secrets })

/** A device as it stands in its form, saved or not. */
export const deviceForm = {
  /** Of the device that is being edited: secrets left out are the ones it has; what its driver learned of it is at hand. */
  deviceId: id.nullable().default(null),
  /** As typed, empty while it is not: the folder of its files may be named by it. */
  code: z.string().trim().max(64).default(''),
  protocol: z.string(),
  timeoutMillis: z.number().int().min(50).max(60_000).default(2000),
  connection: jsonObject,
  secrets,
}

export const browseNode = z.object({
  key: z.string(),
  name: z.string(),
  /** Names from the root to here, joined by a slash. */
  path: z.string(),
  hasChildren: z.boolean(),
  /** In the protocol's words: Double, Int32[4], Folder. */
  type: z.string(),
  description: z.string(),
  value: z.string().nullable(),
  good: z.boolean(),
  status: z.string(),
  sourceTimestamp: instant.nullable(),
  /** As the tag it would become. */
  tag: z
    .object({
      name: z.string(),
      address: z.string(),
      settings: jsonObject,
      kind: z.enum(['analog', 'counter', 'digital', 'text']),
      unit: z.string(),
    })
    .nullable(),
})

export const deviceState = z.object({
  deviceId: id,
  status: z.enum(['unknown', 'online', 'degraded', 'error', 'quarantined', 'disabled']),
  newest: instant.nullable(),
  consecutiveFailures: z.number().int(),
  successRate: z.number(),
  problem: z.string().nullable(),
})

export const tag = z.object({
  id,
  deviceId: id,
  name: z.string(),
  address: z.string(),
  settings: jsonObject,
  kind: z.enum(['analog', 'counter', 'digital', 'text']),
  unit: z.string(),
  decimals: z.number().int(),
  scale: z.number(),
  offset: z.number(),
  deadband: z.number(),
  stateText: z.tuple([z.string(), z.string()]).nullable(),
  enabled: z.boolean(),
  /** Of a virtual tag; empty for one that is read from its device. */
  formula: z.string().optional(),
})
export const tagBody = tagShape

export const tagRule = z.object({
  id,
  version: z.number().int(),
  kind: z.enum(TAG_RULE_KINDS),
  deviceId: id,
  tagId: id,
  slot: z.number().int(),
  label: z.enum(['HiHi', 'Hi', 'Lo', 'LoLo', 'Custom']),
  name: z.string(),
  severity,
  enabled: z.boolean(),
  autoClose: z.boolean(),
  cooldownMinutes: z.number().int(),
  reAlarmMinutes: z.number().int().nullable().optional(),
  operator,
  setpoint: z.number(),
  deadband: z.number(),
  onDelaySeconds: z.number(),
  offDelaySeconds: z.number(),
  category: z.string(),
  latch: z.boolean(),
  bit: z.number().int().nullable(),
  transitionOnly: z.boolean(),
  windowSeconds: z.number().nullable(),
  modulus: z.number().nullable(),
  target: z.number().nullable(),
  /** Names, `Device:Tag` for tags; empty for none. */
  curve: z.string(),
  xTag: z.string(),
  suppressTag: z.string(),
})
export const ruleBody = z.strictObject({ tagId: id, ...ruleShape.shape })
export const curve = z.object({
  ...curveShape.shape,
  id,
  version: z.number().int(),
  /** How many rules judge by it. */
  rules: z.number().int(),
})
export const curveBody = curveShape

/** Something worth a second look that does not stop the save. */
export const savedRule = z.object({ rule: tagRule, warnings: z.array(z.string()) })

export const alarm = z.object({
  id,
  displayNumber: z.number().int(),
  ruleId: id.nullable(),
  kind: z.string(),
  deviceId: id,
  deviceCode: z.string(),
  tagId: id.nullable(),
  tagName: z.string().nullable(),
  unit: z.string(),
  name: z.string(),
  severity,
  operator: operator.nullable(),
  setpoint: z.number().nullable(),
  /** Of which the setpoint is the distance that was allowed. */
  target: z.number().nullable().optional(),
  raisedAt: instant,
  valueAtRaise: z.number().nullable(),
  clearedAt: instant.nullable(),
  acknowledgedAt: instant.nullable(),
  /** `Platform: Ana`, `Telegram: Tiago G.`, `Token: …` */
  acknowledgedBy: z.string().nullable(),
  comment: z.string().nullable(),
  closedAt: instant.nullable(),
  late: z.boolean(),
  category: z.string().optional(),
  suppressed: z.enum(['shelved', 'by_design', 'out_of_service']).nullable().optional(),
  chattering: z.boolean().optional(),
  firstOut: z.boolean().optional(),
  /** How often it was put before people again while it stood. */
  reAlarms: z.number().int().optional(),
  /** Its value has returned; it stands until somebody resets it. */
  latched: z.boolean().optional(),
  /** When the value of a latched one was back last, and beyond the limit again. */
  returnedAt: instant.nullable().optional(),
  resumedAt: instant.nullable().optional(),
})
export const alarmCounts = z.object({
  critical: z.number().int(),
  warning: z.number().int(),
  info: z.number().int(),
  unacknowledged: z.number().int(),
})
export const message = z.object({
  id,
  alarmEventId: id.nullable(),
  kind: z.string(),
  contactName: z.string(),
  channel: z.string(),
  address: z.string(),
  attempt: z.number().int(),
  state: z.string(),
  reason: z.string().nullable(),
  body: z.string(),
  createdAt: instant,
  handedAt: instant.nullable(),
  /** The provider's name for it. */
  providerId: z.string().nullable(),
  /** SMS it was sent in; null where that is not counted. */
  parts: z.number().int().nullable(),
})

export const latest = z.object({ tagId: id, sourceTimestamp: instant, value, quality: z.number().int() })

export const contact = z.object({
  id,
  name: z.string(),
  language: z.enum(MESSAGE_LANGUAGES),
  enabled: z.boolean(),
  minSeverity: severity,
  addresses: z.array(z.object({ channel: z.string(), address: z.string(), problem: z.string().nullable(), minSeverity: severity })),
  deviceIds: z.array(id).nullable(),
  categories: z.array(z.string()).nullable(),
  quiet: z.object({ from: z.string(), to: z.string(), severity: z.enum(['info', 'warning']) }).nullable(),
  systemMessages: z.boolean(),
})
export const contactBody = z.strictObject({ ...contactShape.shape, deviceIds: z.array(id).nullable().default(null) })

export const user = z.object({
  id,
  login: z.string(),
  displayName: z.string(),
  role,
  enabled: z.boolean(),
  mustChangePassword: z.boolean(),
  language: language.nullable(),
  timeZone: z.string().nullable(),
  /** null is all devices */
  deviceIds: z.array(id).nullable(),
  categories: z.array(z.string()).nullable(),
})
export const userBody = z.strictObject({
  login: z.string().min(1).max(64),
  displayName: z.string().min(1).max(200),
  role,
  enabled: z.boolean().default(true),
  /** Left out: unchanged; a new user then gets a one-time link. */
  password: z.string().min(12).max(256).optional(),
  deviceIds: z.array(id).nullable().default(null),
  categories: categoryScope.meta({ description: 'Whose alarms the user may acknowledge, put aside, reset and comment; null is all.' }),
})

export const site = siteShape
/** As it is told: without a name until the set-up gave one. */
export const siteTold = siteShape.extend({ name: z.string() })

export const probeStep = z.object({
  name: z.string(),
  ok: z.boolean(),
  millis: z.number(),
  message: z.string(),
  remedy: z.string().nullable(),
})
export const probeReport = z.object({
  ok: z.boolean(),
  steps: z.array(probeStep),
  values: z.array(z.object({ tagName: z.string(), value: z.string(), good: z.boolean(), problem: z.string().nullable() })),
})

/** Who is logged in; `csrf` goes into the header `x-csrf-token` of every change. */
export const me = user.extend({ csrf: z.string() })
/** The query of every list that is read page by page. */
export const page = { limit: z.coerce.number().int().min(1).max(1000).default(100), cursor: z.string().optional() }
