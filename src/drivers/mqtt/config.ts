import { z } from 'zod'
import { ConfigError } from '#base/errors.ts'
import { Zone } from '#calc/zone.ts'
import type { Tag } from '#domain/device.ts'
import { type Extractor, READ_AS } from './core/extract.ts'
import { parseJsonPath } from './core/json-path.ts'
import { type CellAddress, parseCell } from './core/metric-value.ts'
import { TIME_UNITS } from './core/timestamp.ts'
import { checkFilter } from './core/topic.ts'
import { settingError } from '../setting-error.ts'

const sparkplugId = (title: string, description: string, examples: readonly string[]): z.ZodDefault<z.ZodString> =>
  z
    .string()
    .trim()
    .regex(/^[^/+#]*$/, 'No /, + or #')
    .default('')
    .meta({ when: { kind: 'sparkplug' }, title, description, examples })

const connection = z.strictObject({
  broker: z
    .string({ error: 'The broker is missing' })
    .trim()
    .min(1, 'The broker is missing')
    .meta({ title: 'Broker', description: 'Code of one of the MQTT brokers.' }),
  kind: z
    .enum(['topics', 'sparkplug'])
    .default('topics')
    .meta({
      choices: { topics: 'Plain topics', sparkplug: 'Sparkplug B' },
      title: 'Kind',
      description: 'Plain topics with any payload, or a Sparkplug B edge node or device.',
    }),
  topicPrefix: z
    .string()
    .trim()
    .default('')
    .meta({
      when: { kind: 'topics' },
      title: 'Topic prefix',
      description: "Plain topics: put before each tag's topic. May be empty.",
      examples: ['plant/pumpstation1'],
    }),
  qos: z
    .union([z.literal(0), z.literal(1)])
    .default(1)
    .meta({
      when: { kind: 'topics' },
      choices: { 0: '0: at most once', 1: '1: at least once' },
      title: 'QoS',
      description: 'Plain topics: 1 is acknowledged only when the value is safely on disk; 0 may lose messages when the connection breaks.',
    }),
  groupId: sparkplugId('Group id', 'Sparkplug: the group of the edge node. Leave it empty to browse what the broker carries.', ['North']),
  edgeNodeId: sparkplugId('Edge node id', 'Sparkplug: the edge node.', ['Gateway1']),
  deviceId: sparkplugId('Device id', 'Sparkplug: the device behind the edge node. Empty: the metrics of the edge node itself.', ['Pump1']),
})

const tagSettings = z.strictObject({
  path: z
    .string()
    .trim()
    .default('')
    .meta({
      title: 'JSON path',
      description: 'Where the value stands in a JSON payload; [*] takes every element of an array. Empty: the whole payload is the value.',
      examples: ['temperature', 'values[0].v', 'readings[*].value'],
    }),
  readAs: z
    .enum(READ_AS)
    .default('auto')
    .meta({
      choices: { auto: 'As it is written', number: 'Number', boolean: 'On or off', text: 'Text' },
      title: 'Read as',
      description: 'Auto: as it is written. Number, boolean or text: anything else is a Bad value.',
    }),
  timestampPath: z
    .string()
    .trim()
    .default('')
    .meta({
      title: 'Time stamp path',
      description: 'Where the time stands in the payload. Empty: the moment of arrival.',
      examples: ['ts', 'readings[*].t'],
    }),
  timestampUnit: z
    .enum(TIME_UNITS)
    .default('auto')
    .meta({
      choices: {
        auto: 'By its form and size',
        s: 'Seconds',
        ms: 'Milliseconds',
        us: 'Microseconds',
        ns: 'Nanoseconds',
        iso: 'ISO 8601 text',
      },
      title: 'Time stamp unit',
      description: 'Auto: text is ISO 8601, numbers are seconds, milliseconds, microseconds or nanoseconds since 1970 by their size.',
    }),
  timeZone: z
    .string()
    .trim()
    .default('UTC')
    .meta({
      seldom: true,
      title: 'Time zone',
      description: 'Of time stamps in ISO 8601 that name no offset.',
      examples: ['Europe/Lisbon'],
    }),
})

export type TopicsConfig = { readonly kind: 'topics'; readonly broker: string; readonly topicPrefix: string; readonly qos: 0 | 1 }
export interface SparkplugConfig {
  readonly kind: 'sparkplug'
  readonly broker: string
  /** Empty together with the edge node: nothing chosen yet, only to browse. */
  readonly groupId: string
  readonly edgeNodeId: string
  /** null for the edge node itself. */
  readonly deviceId: string | null
}
export type MqttConfig = TopicsConfig | SparkplugConfig

export interface TopicPoint {
  readonly kind: 'topic'
  readonly filter: string
  readonly extractor: Extractor
}
export interface MetricPoint {
  readonly kind: 'metric'
  readonly name: string
  /** When the address could also be a cell of a data set. */
  readonly cell: CellAddress | undefined
}
export type MqttPoint = TopicPoint | MetricPoint

export const connectionSchema: Readonly<Record<string, unknown>> = z.toJSONSchema(connection, { io: 'input' })
export const tagSchema: Readonly<Record<string, unknown>> = z.toJSONSchema(tagSettings, { io: 'input' })

export const ADDRESS_HELP =
  'Plain topics: the topic, after the prefix of the device; + stands for one level and # for all the rest, and the most specific topic ' +
  'wins: plant/pump1/flow, plant/+/flow, plant/#. Sparkplug: the name of the metric as in its birth, Outputs/Pump 1/Speed; a cell of a ' +
  'data set as name/column[row]; a member of a template as name/member.'

/** @throws ConfigError naming the setting */
export function parseConfig(raw: unknown): MqttConfig {
  const parsed = connection.safeParse(raw)
  if (!parsed.success) throw settingError(parsed.error, 'MQTT', Object.keys(connection.shape))
  const { kind, broker, topicPrefix, qos, groupId, edgeNodeId, deviceId } = parsed.data
  if (kind === 'topics') {
    const prefix = topicPrefix.replace(/\/+$/, '')
    if (/[+#]/.test(prefix))
      throw new ConfigError('topicPrefix', 'The prefix is a plain topic', { remedy: 'Write + and # in the addresses of the tags.' })
    return { kind, broker, topicPrefix: prefix, qos }
  }
  if ((groupId === '') !== (edgeNodeId === '')) {
    throw new ConfigError(groupId === '' ? 'groupId' : 'edgeNodeId', 'An edge node is named by its group and its own id', {
      remedy: 'Give both; leave both empty to browse what the broker carries.',
    })
  }
  if (groupId === 'STATE') throw new ConfigError('groupId', 'STATE is no group: Sparkplug keeps this word for itself')
  return { kind, broker, groupId, edgeNodeId, deviceId: deviceId === '' ? null : deviceId }
}

/**
 * Reads a tag's address and settings.
 * @throws ConfigError naming `address` or the setting
 */
export function parsePoint(tag: Pick<Tag, 'address' | 'settings'>, config: MqttConfig): MqttPoint {
  const parsed = tagSettings.safeParse(tag.settings)
  if (!parsed.success) throw settingError(parsed.error, 'MQTT', Object.keys(tagSettings.shape))
  const address = tag.address.trim()
  if (config.kind === 'sparkplug') {
    if (address === '')
      throw new ConfigError('address', 'The metric is missing', { remedy: 'Write its name as in the birth of the edge node.' })
    return { kind: 'metric', name: address, cell: parseCell(address) }
  }
  if (address === '') checkFilter('', 'address')
  const filter = config.topicPrefix === '' ? address : `${config.topicPrefix}/${address}`
  checkFilter(filter, 'address')
  if (/^\$share\//i.test(filter)) throw new ConfigError('address', 'Shared subscriptions would split the values between several clients')
  const { path, readAs, timestampPath, timestampUnit, timeZone } = parsed.data
  const extractor: Extractor = {
    as: readAs,
    path: path === '' ? null : parseJsonPath(path, 'path'),
    timePath: timestampPath === '' ? null : parseJsonPath(timestampPath, 'timestampPath'),
    timeUnit: timestampUnit,
    zone: new Zone(timeZone),
  }
  return { kind: 'topic', filter, extractor }
}
