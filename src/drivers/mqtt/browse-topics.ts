import { type TagKind, TagKind as Kind } from '#domain/device.ts'
import type { BrowseNode, BrowseRequest, ProposedTag } from '../driver.ts'
import { extract, openPayload } from './core/extract.ts'
import { formatJsonPath, type JsonPath, parseJsonPath, valuesAt } from './core/json-path.ts'
import { onOneLine } from './core/on-one-line.ts'
import { Zone } from '#calc/zone.ts'
import type { SeenTopic, TopicDiscovery } from './topic-discovery.ts'

/** A place below a topic's JSON payload is named by the topic, this sign and the path: as a wildcard it stands in no topic. */
const INSIDE = '#'
const LONGEST_VALUE = 120
const TIME_KEYS = ['timestamp', 'time', 'ts', 't', 'datetime', 'date_time', 'sourceTimestamp']
const UNIT_KEYS = ['unit', 'units', 'uom', 'engUnit']
/** Elements of an array and keys of an object that are shown. */
const MOST_CHILDREN = 1000
const DEEPEST = 12

/** Whoever looks for an edge node among plain topics is told where it is found. */
const SPARKPLUG: BrowseNode = {
  key: 'spBv1.0',
  name: 'spBv1.0',
  path: 'spBv1.0',
  hasChildren: false,
  type: 'Sparkplug B',
  description: 'choose the kind Sparkplug B in the form to browse its edge nodes',
  value: null,
  good: true,
  status: '',
  sourceTimestamp: null,
  tag: null,
}

/** @returns the topics below the parent, or what is inside the payload of one; with a search, every match at any depth */
export function browseTopics(discovery: TopicDiscovery, { parent, search }: BrowseRequest, prefix: string): readonly BrowseNode[] {
  if (parent?.includes(INSIDE) === true) return insideOf(discovery, parent, prefix)
  const start = parent ?? prefix
  const below = start === '' ? '' : `${start}/`
  if (search !== null) {
    const wanted = search.toLowerCase()
    const found = [...discovery.topics].filter(({ topic }) => topic.startsWith(below) && topic.toLowerCase().includes(wanted))
    return found.toSorted(byTopic).map((seen) => topicNode(seen.topic, seen, false, prefix))
  }
  const level = new Map<string, { seen: SeenTopic | undefined; deeper: boolean }>()
  for (const seen of discovery.topics) {
    if (!seen.topic.startsWith(below)) continue
    const slash = seen.topic.indexOf('/', below.length)
    const topic = slash === -1 ? seen.topic : seen.topic.slice(0, slash)
    const known = level.get(topic) ?? { seen: undefined, deeper: false }
    level.set(topic, slash === -1 ? { ...known, seen } : { ...known, deeper: true })
  }
  const nodes = [...level]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([topic, { seen, deeper }]) => topicNode(topic, seen, deeper, prefix))
  // a topic that has levels below it may carry a payload of its own
  const own = parent === null ? undefined : discovery.find(parent)
  if (parent === null && discovery.carriesSparkplug) nodes.push(SPARKPLUG)
  return own === undefined ? nodes : [...insideOf(discovery, parent + INSIDE, prefix), ...nodes]
}

function topicNode(topic: string, seen: SeenTopic | undefined, deeper: boolean, prefix: string): BrowseNode {
  const json = seen === undefined ? undefined : openPayload(seen.payload, true).json
  const isTree = typeof json === 'object' && json !== null
  return {
    key: topic,
    name: topic.slice(topic.lastIndexOf('/') + 1),
    path: topic,
    hasChildren: deeper || isTree,
    type: seen === undefined ? 'Level' : isTree ? 'JSON' : typeOf(valueOf(seen)),
    description: seen?.retained === true ? 'kept by the broker' : '',
    ...liveOf(seen, seen === undefined ? null : textOf(seen)),
    tag: seen === undefined || isTree ? null : tagOf(topic, [], valueOf(seen), undefined, undefined, prefix),
  }
}

/** The keys and elements at one place of a JSON payload. */
function insideOf(discovery: TopicDiscovery, key: string, prefix: string): readonly BrowseNode[] {
  const at = key.indexOf(INSIDE)
  const topic = key.slice(0, at)
  const steps = key.slice(at + 1)
  const seen = discovery.find(topic)
  const root = seen === undefined ? undefined : openPayload(seen.payload, true).json
  const path = parseJsonPath(steps, 'parent')
  const here = root === undefined ? undefined : valuesAt(root, path)[0]
  if (seen === undefined || typeof here !== 'object' || here === null || path.length > DEEPEST) return []
  const timePath = timePathOf(root, here, path)
  const unit = unitOf(here)
  return Object.entries(here)
    .slice(0, MOST_CHILDREN)
    .map(([name, value]: [string, unknown]): BrowseNode => {
      const place: JsonPath = [...path, Array.isArray(here) ? { kind: 'at', index: Number(name) } : { kind: 'key', key: name }]
      const isTree = typeof value === 'object' && value !== null
      return {
        key: `${topic}${INSIDE}${formatJsonPath(place)}`,
        name: Array.isArray(here) ? `[${name}]` : name,
        path: `${topic}/${formatJsonPath(place)}`,
        hasChildren: isTree,
        type: isTree ? 'JSON' : typeOf(value),
        description: '',
        ...liveOf(seen, onOneLine(typeof value === 'string' ? value : plain(value), LONGEST_VALUE)),
        tag: isTree || isTimeKey(name) || isUnitKey(name) ? null : tagOf(topic, place, value, timePath, unit, prefix),
      }
    })
}

function tagOf(
  topic: string,
  path: JsonPath,
  value: unknown,
  timePath: JsonPath | undefined,
  unit: string | undefined,
  prefix: string,
): ProposedTag {
  const inside = path.map((step) => (step.kind === 'key' ? step.key : step.kind === 'at' ? String(step.index) : '*'))
  const address = prefix === '' ? topic : topic.slice(prefix.length + 1)
  return {
    name: [...address.split('/'), ...inside].filter((part) => part !== '').join('.'),
    address,
    settings: {
      ...(path.length === 0 ? {} : { path: formatJsonPath(path) }),
      ...(timePath === undefined ? {} : { timestampPath: formatJsonPath(timePath) }),
    },
    kind: kindOf(value),
    unit: unit ?? '',
  }
}

function kindOf(value: unknown): TagKind {
  return typeof value === 'boolean' ? Kind.Digital : typeof value === 'string' ? Kind.Text : Kind.Analog
}

function typeOf(value: unknown): string {
  return typeof value === 'boolean' ? 'Boolean' : typeof value === 'string' ? 'Text' : value === null ? 'Null' : 'Number'
}

const AS_WRITTEN = { as: 'auto', path: null, timePath: null, timeUnit: 'auto', zone: new Zone('UTC') } as const

function valueOf({ payload }: SeenTopic): unknown {
  return extract(openPayload(payload, false), AS_WRITTEN)[0]?.value
}

function textOf({ payload }: SeenTopic): string {
  return onOneLine(openPayload(payload, false).text, LONGEST_VALUE)
}

function liveOf(seen: SeenTopic | undefined, value: string | null): Pick<BrowseNode, 'value' | 'good' | 'status' | 'sourceTimestamp'> {
  if (seen === undefined) return { value: null, good: true, status: '', sourceTimestamp: null }
  return { value, good: true, status: seen.retained ? 'Retained' : '', sourceTimestamp: seen.retained ? null : seen.at }
}

function byTopic(a: SeenTopic, b: SeenTopic): number {
  return a.topic.localeCompare(b.topic)
}

function isTimeKey(name: string): boolean {
  return TIME_KEYS.some((key) => key.toLowerCase() === name.toLowerCase())
}

function isUnitKey(name: string): boolean {
  return UNIT_KEYS.some((key) => key.toLowerCase() === name.toLowerCase())
}

/** The time beside the value, else at the top. */
function timePathOf(root: unknown, here: object, path: JsonPath): JsonPath | undefined {
  const beside = Array.isArray(here) ? undefined : Object.keys(here).find(isTimeKey)
  if (beside !== undefined) return [...path, { kind: 'key', key: beside }]
  const top = typeof root === 'object' && root !== null && !Array.isArray(root) ? Object.keys(root).find(isTimeKey) : undefined
  return top === undefined ? undefined : [{ kind: 'key', key: top }]
}

function unitOf(here: object): string | undefined {
  const [, unit] = Object.entries(here).find(([name]) => isUnitKey(name)) ?? []
  return typeof unit === 'string' && unit.length <= 20 ? unit : undefined
}

function plain(value: unknown): string {
  return typeof value === 'bigint'
    ? value.toString()
    : JSON.stringify(value, (_key, one: unknown) => (typeof one === 'bigint' ? one.toString() : one))
}
