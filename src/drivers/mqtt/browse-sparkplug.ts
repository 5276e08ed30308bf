import { TagKind } from '#domain/device.ts'
import { QualitySeverity, severityOf } from '#domain/sample.ts'
import type { BrowseNode } from '../driver.ts'
import { dataTypeName, isDataSet, isTemplate, metricValue } from './core/metric-value.ts'
import { onOneLine } from './core/on-one-line.ts'
import type { MetricDefinition } from './core/sparkplug-node.ts'
import { DataType } from './core/sparkplug-payload.ts'
import type { HostedNode } from './sparkplug-host.ts'

const LONGEST_VALUE = 120
const PLACE = { good: true, status: '', sourceTimestamp: null, tag: null, value: null } as const

/** Group, edge node, device and folder of a Sparkplug name space as a key. */
export function keyOf(parts: readonly string[]): string {
  return parts.map((part) => encodeURIComponent(part)).join('/')
}

/** @returns the groups heard of, or the edge nodes of one */
export function groupsAndNodes(nodes: Iterable<HostedNode>, groupId: string | undefined): readonly BrowseNode[] {
  if (groupId === undefined) {
    const groups = [...new Set([...nodes].map((node) => node.groupId))].toSorted()
    return groups.map((name) => ({ ...PLACE, key: keyOf([name]), name, path: name, hasChildren: true, type: 'Group', description: '' }))
  }
  const own = [...nodes].filter((node) => node.groupId === groupId).toSorted((a, b) => a.edgeNodeId.localeCompare(b.edgeNodeId))
  return own.map(({ edgeNodeId, machine }) => {
    const { state } = machine
    return {
      ...PLACE,
      key: keyOf([groupId, edgeNodeId]),
      name: edgeNodeId,
      path: `${groupId}/${edgeNodeId}`,
      hasChildren: true,
      type: 'Edge node',
      description: '',
      good: state !== 'dead',
      status: state === 'dead' ? 'Offline' : '',
    }
  })
}

/**
 * @param place group, edge node, device (empty for the node itself), then the folder of metric names that ends in a slash
 * @param withDevices whether the devices behind the node are listed too
 * @returns devices and metrics at a place; with a search, every match below it
 */
export function devicesAndMetrics(
  node: HostedNode,
  place: readonly string[],
  withDevices: boolean,
  search: string | null,
): readonly BrowseNode[] {
  const { groupId, edgeNodeId, machine } = node
  const [, , device = '', folder = ''] = place
  const deviceId = device === '' ? null : device
  const path = [groupId, edgeNodeId, ...(deviceId === null ? [] : [deviceId])].join('/')
  const metrics = machine.metricsOf(deviceId).filter(({ name }) => name.startsWith(folder) && name !== 'bdSeq')
  if (search !== null) {
    const wanted = search.toLowerCase()
    return metrics.filter(({ name }) => name.toLowerCase().includes(wanted)).flatMap((metric) => metricNodes(metric, path, metric.name))
  }
  const devices = withDevices && folder === '' ? machine.devices.toSorted().map((name) => deviceNode(groupId, edgeNodeId, name)) : []
  const folders = new Map<string, BrowseNode>()
  const leaves: BrowseNode[] = []
  for (const metric of metrics) {
    const slash = metric.name.indexOf('/', folder.length)
    if (slash === -1) leaves.push(...metricNodes(metric, path, metric.name.slice(folder.length)))
    else {
      const below = metric.name.slice(0, slash + 1)
      const name = below.slice(folder.length, -1)
      const key = keyOf([groupId, edgeNodeId, device, below])
      folders.set(below, { ...PLACE, key, name, path: `${path}/${below.slice(0, -1)}`, hasChildren: true, type: 'Folder', description: '' })
    }
  }
  return [...devices, ...folders.values(), ...leaves]
}

function deviceNode(groupId: string, edgeNodeId: string, name: string): BrowseNode {
  const path = `${groupId}/${edgeNodeId}/${name}`
  return { ...PLACE, key: keyOf([groupId, edgeNodeId, name]), name, path, hasChildren: true, type: 'Device', description: '' }
}

/** A metric; of a data set its cells, of a template its members. */
function metricNodes(definition: MetricDefinition, path: string, label: string): readonly BrowseNode[] {
  const { last, name } = definition
  const raw = last?.metric.value ?? null
  if (isDataSet(raw)) {
    return raw.rows.flatMap((row, index) =>
      row.map((_cell, at): BrowseNode => {
        const cell = `${raw.columns[at] ?? ''}[${index}]`
        return leaf(definition, `${path}/${name}/${cell}`, `${label}/${cell}`, `${name}/${cell}`, raw.types[at] ?? 0, String(row[at] ?? ''))
      }),
    )
  }
  if (isTemplate(raw)) {
    return raw.metrics.map((member) => {
      const { value } = metricValue(member, member.dataType)
      return leaf(
        definition,
        `${path}/${name}/${member.name}`,
        `${label}/${member.name}`,
        `${name}/${member.name}`,
        member.dataType,
        value === null ? null : String(value),
      )
    })
  }
  const value = last === null ? null : metricValue(last.metric, definition.dataType)
  const text = value === null || value.value === null ? null : onOneLine(String(value.value), LONGEST_VALUE)
  const good = value === null || severityOf(value.quality) === QualitySeverity.Good
  return [{ ...leaf(definition, `${path}/${name}`, label, name, definition.dataType, text), good, status: good ? '' : 'Not good' }]
}

function leaf(
  definition: MetricDefinition,
  path: string,
  label: string,
  address: string,
  dataType: number,
  value: string | null,
): BrowseNode {
  const { last, unit } = definition
  return {
    key: keyOf([path, 'metric']),
    name: label,
    path,
    hasChildren: false,
    type: dataTypeName(dataType),
    description: '',
    value,
    good: true,
    status: '',
    sourceTimestamp: last?.at ?? null,
    tag: {
      name: address.replaceAll('/', '.'),
      address,
      settings: {},
      kind: kindOf(dataType),
      unit,
    },
  }
}

function kindOf(dataType: number): TagKind {
  if (dataType === DataType.Boolean) return TagKind.Digital
  return dataType === DataType.String || dataType === DataType.Text || dataType === DataType.UUID ? TagKind.Text : TagKind.Analog
}
