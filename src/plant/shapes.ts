import { z } from 'zod'
import { MESSAGE_LANGUAGES } from '#domain/contact.ts'
import { TAG_RULE_KINDS } from '#domain/alarm.ts'
import { TEMPLATE_KINDS } from '#notify/core/template.ts'

/**
 * What may be said of a device, tag, rule and contact: the same for forms, programs and plant files. Each field carries its default,
 * so that a file says only what differs.
 */

export const severity = z.enum(['info', 'warning', 'critical'])
export const language = z.enum(['en', 'pt', 'es'])
const messageLanguage = z.enum(MESSAGE_LANGUAGES)
const operator = z.enum(['>', '>=', '<', '<=', '=', '!='])
const settings = z.record(z.string(), z.unknown())
const code = z
  .string()
  .trim()
  .regex(/^[^:{}$\s][^:{}$]{0,63}$/, 'A code has 1 to 64 characters without : { } $ and does not begin with a blank.')

export const deviceShape = z.strictObject({
  code: code.meta({ title: 'Code', description: 'Short and unique; used in messages, formulas and files.', examples: ['PS-01'] }),
  name: z.string().trim().min(1, 'The name is missing.').max(200).meta({ title: 'Name' }),
  area: z.string().max(200).default('').meta({ title: 'Area', description: 'Where it stands.' }),
  protocol: z.string().meta({ title: 'Protocol' }),
  enabled: z.boolean().default(true),
  pollMillis: z.int().min(50).max(86_400_000).default(1000).meta({ title: 'Poll every (ms)' }),
  timeoutMillis: z.int().min(50).max(60_000).default(2000).meta({ title: 'Time-out (ms)' }),
  commTimeoutSeconds: z
    .int()
    .min(5)
    .max(31_536_000)
    .nullable()
    .default(60)
    .meta({ title: 'Communication lost after (s)', description: 'Age of the newest value that raises the alarm; null switches it off.' }),
  commSeverity: severity.default('warning'),
  pollStreak: z
    .int()
    .min(1)
    .max(1000)
    .nullable()
    .default(null)
    .meta({ title: 'Alarm after failed polls', description: 'So many in a row raise the alarm; null switches it off.' }),
  fedBy: z
    .union([code, z.literal('')])
    .default('')
    .meta({
      title: 'Fed by',
      description: 'Code of the device that this one hangs on (power, water, network): floods are named after it.',
    }),
  livenessCounts: z.boolean().default(true).meta({
    title: 'Signs of life count',
    description: 'Whether a test frame or a clock item keeps the communication alive; off: only measured values do.',
  }),
  connection: settings.meta({ description: 'How to reach it, in the words of its protocol.' }),
})

export const brokerShape = z.strictObject({
  code: code.meta({ title: 'Code', description: 'Short and unique; devices name it.', examples: ['PLANT'] }),
  name: z.string().trim().min(1, 'The name is missing.').max(200).meta({ title: 'Name' }),
  protocol: z.string().default('mqtt').meta({ title: 'Protocol' }),
  enabled: z.boolean().default(true),
  settings: settings.default({}).meta({ description: 'How to reach it, in the words of its protocol.' }),
})

export const tagShape = z.strictObject({
  name: z
    .string()
    .trim()
    .regex(/^[^{}$]{1,200}$/, 'A tag name has 1 to 200 characters without { } $.'),
  address: z.string().trim().max(500).meta({ description: 'In the words of the protocol; empty for a virtual tag.' }),
  formula: z.string().trim().max(4096).default('').meta({
    title: 'Formula',
    description: 'Of a virtual tag: what it is computed from, such as ${PS-01:Flow} * 3.6.',
  }),
  settings: settings.default({}).meta({ description: 'How to read it, in the words of the protocol.' }),
  kind: z.enum(['analog', 'counter', 'digital', 'text']).default('analog'),
  unit: z.string().max(40).default(''),
  decimals: z.int().min(0).max(9).default(2),
  scale: z
    .number()
    .refine((factor) => factor !== 0, 'A scale of 0 would make every value 0.')
    .default(1),
  offset: z.number().default(0),
  deadband: z.number().min(0).default(0),
  stateText: z
    .tuple([z.string().max(40), z.string().max(40)])
    .nullable()
    .default(null),
  enabled: z.boolean().default(true),
})

export const ruleShape = z.strictObject({
  kind: z.enum(TAG_RULE_KINDS).default('threshold'),
  label: z.enum(['HiHi', 'Hi', 'Lo', 'LoLo', 'Custom']).default('Custom'),
  name: z.string().trim().min(1, 'The name is missing.').max(200),
  severity: severity.default('warning'),
  enabled: z.boolean().default(true),
  autoClose: z.boolean().default(false),
  cooldownMinutes: z.int().min(0).max(10_080).default(30),
  reAlarmMinutes: z
    .int()
    .min(1)
    .max(43_200)
    .nullable()
    .default(null)
    .meta({ title: 'Re-alarm after (min)', description: 'An alarm that still stands after so long is told again; null: never.' }),
  operator,
  setpoint: z.number(),
  deadband: z.number().min(0).default(0),
  onDelaySeconds: z.number().min(0).max(86_400).default(0),
  offDelaySeconds: z.number().min(0).max(86_400).default(0),
  category: z.string().trim().max(200).default('').meta({ description: 'Path in the tree of categories: Process/Levels.' }),
  latch: z.boolean().default(false),
  bit: z.int().min(0).max(63).nullable().default(null),
  transitionOnly: z.boolean().default(false),
  windowSeconds: z.number().min(1).max(2_678_400).nullable().default(null),
  modulus: z.number().positive().nullable().default(null),
  target: z.number().nullable().default(null),
  curve: z.string().trim().max(200).default('').meta({ description: 'Name of the operating curve; its Y is this tag.' }),
  xTag: z.string().trim().max(300).default('').meta({ description: 'The other axis of the curve, as Device:Tag.' }),
  suppressTag: z.string().trim().max(300).default('').meta({ description: 'While this tag (Device:Tag) is on, nobody is told.' }),
})

/** An operating curve: a line with a tolerance on both sides, used by any number of rules. */
export const curveShape = z.strictObject({
  name: z.string().trim().min(1, 'The name is missing.').max(200),
  xUnit: z.string().max(40).default(''),
  yUnit: z.string().max(40).default(''),
  points: z
    .array(z.tuple([z.number(), z.number()]))
    .min(2, 'A curve has two points or more.')
    .max(1000)
    .meta({ description: 'Pairs of x and y.' }),
  tolerance: z.number().min(0),
  percent: z.boolean().default(false).meta({ description: 'Whether the tolerance is in % of the line.' }),
})

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Write a time of day as 22:00.')
const day = z.string().refine((text) => isLocal(text, /^\d{4}-\d\d-\d\d$/), 'Write a day as 2026-12-25.')
const dayAndTime = z.string().refine((text) => isLocal(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d$/), 'Write a day and time as 2026-12-24T18:00.')

/** Which alarms, by their categories: each is it and everything below it. */
export const categoryScope = z
  .array(z.string().trim().min(1, 'The category is missing.').max(200))
  .max(100)
  .nullable()
  .default(null)
  .meta({
    description: 'Paths in the tree of categories, with all that is below; null is all alarms.',
    examples: [['Process/Levels', 'Power']],
  })

export const contactShape = z.strictObject({
  name: z.string().trim().min(1, 'The name is missing.').max(200),
  language: messageLanguage.default('en'),
  enabled: z.boolean().default(true),
  minSeverity: severity.default('info'),
  addresses: z
    .array(
      z.strictObject({
        channel: z.string(),
        address: z.string().trim().min(1, 'The address is missing.').max(320),
        minSeverity: severity.default('info').meta({ description: 'Used from this severity on.' }),
      }),
    )
    .max(10)
    .default([]),
  quiet: z
    .strictObject({ from: time, to: time, severity: z.enum(['info', 'warning']).default('warning') })
    .nullable()
    .default(null)
    .meta({ description: 'Alarms up to this severity wait until the end of these hours; critical ones always pass.' }),
  systemMessages: z.boolean().default(false).meta({ description: 'Told of troubles of the system itself.' }),
  categories: categoryScope,
})

export const templateShape = z.strictObject({
  kind: z.enum(TEMPLATE_KINDS),
  style: z.enum(['full', 'short']).default('full').meta({ description: 'Chats and mail, or SMS.' }),
  language: messageLanguage,
  text: z.string().min(1).max(2000),
})

/** Whose words are read in answers, and who is told of troubles of the system itself, by name. */
export const messagingShape = z.strictObject({
  replyLanguages: z
    .array(messageLanguage)
    .max(MESSAGE_LANGUAGES.length)
    .default([...MESSAGE_LANGUAGES])
    .meta({ description: 'Whose words are read in answers; those of the person always are.' }),
  systemAlarms: z
    .discriminatedUnion('to', [
      z.strictObject({ to: z.literal('contacts') }),
      z.strictObject({ to: z.literal('group'), name: z.string() }),
      z.strictObject({ to: z.literal('chain'), name: z.string() }),
    ])
    .default({ to: 'contacts' })
    .meta({
      description: 'Who is told of troubles of the system itself: the contacts marked for it, a group with its parents, or a chain.',
    }),
})

/** Who takes turns; the people are named by whoever uses the shape: by id in forms, by name in files. */
export const layerShape = {
  name: z.string().trim().max(100).default(''),
  start: day,
  handover: time.default('08:00'),
  everyDays: z.int().min(1).max(366).default(7),
  days: z.array(z.int().min(1).max(7)).max(7).default([]).meta({ description: 'Monday is 1; empty: every day.' }),
  from: time.default('00:00'),
  to: time.default('00:00').meta({ description: 'The same as from: around the clock.' }),
  holidays: z.enum(['also', 'only', 'not']).default('also'),
}
export const overrideShape = { from: dayAndTime, to: dayAndTime }
export const holidaysShape = z.array(day).max(400).default([])
export const groupShape = {
  name: z.string().trim().min(1, 'The name is missing.').max(200),
  duty: z.enum(['everybody', 'on_call']).default('everybody').meta({ description: 'Whether all members are told, or who is on duty.' }),
}
export const stepShape = {
  waitMinutes: z.int().min(1).max(1440).default(5).meta({ description: 'How long an answer is waited for; doubles with each repetition.' }),
  attempts: z.int().min(1).max(20).default(2),
  climb: z.boolean().default(true).meta({ description: 'Whether the parent groups follow.' }),
}
export const chainShape = {
  name: z.string().trim().min(1, 'The name is missing.').max(200),
  enabled: z.boolean().default(true),
  minSeverity: severity.default('info'),
  categories: categoryScope,
  onClear: z.enum(['stop', 'continue']).default('continue').meta({ description: 'When the alarm returns to normal unanswered.' }),
  maxAgeMinutes: z.int().min(5).max(44_640).default(4320),
  repeatMinutes: z.int().min(0).max(10_080).default(1440).meta({ description: 'After the last step it begins anew; 0: never.' }),
}

export const siteShape = z.strictObject({
  name: z.string().trim().min(1, 'The name is missing.').max(200),
  timeZone: z.string().refine((zone) => isTimeZone(zone), 'This is no IANA time zone, such as Europe/Lisbon.'),
  language,
  publicUrl: z
    .string()
    .refine((url) => url === '' || /^https?:\/\/[^\s/]+/.test(url), 'Write it as http://name or https://name.')
    .meta({ description: 'How phones reach this installation; links in messages begin with it.' }),
})

export const reportByExceptionShape = z.strictObject({ enabled: z.boolean(), heartbeatSeconds: z.number().min(0) })

function isLocal(text: string, form: RegExp): boolean {
  return form.test(text) && !Number.isNaN(Date.parse(`${text}Z`.replace(/^([\d-]+)Z$/, '$1T00:00Z')))
}

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

export type DeviceBody = z.infer<typeof deviceShape>
export type BrokerBody = z.infer<typeof brokerShape>
export type TagBody = z.infer<typeof tagShape>
export type CurveBody = z.infer<typeof curveShape>
export type RuleBody = z.infer<typeof ruleShape>
export type ContactBody = z.infer<typeof contactShape>
export type SiteBody = z.infer<typeof siteShape>
