import { DriverError } from '#base/errors.ts'
import { severityOf } from '#domain/sample.ts'
import type { BrowseNode, BrowsePage, BrowseRequest, ProposedTag } from '../driver.ts'
import type { Iec104Config } from './config.ts'
import { formatAddress } from './core/address.ts'
import { qualityWords } from './core/quality-words.ts'
import type { SeenObject } from './core/station-view.ts'
import { TYPE_GROUPS, type TypeGroup } from './core/type-table.ts'
import type { Iec104Session } from './session.ts'

const KINDS: Readonly<Partial<Record<TypeGroup, ProposedTag['kind']>>> = { SP: 'digital', DP: 'digital', EP: 'digital', IT: 'counter' }

/**
 * What the station has reported so far over the live link: common addresses, and below them their objects. There is nothing to ask a
 * station about itself in this protocol, so what it never reported is not there.
 * @throws DriverError while there is no live link
 */
export function browseStation(config: Iec104Config, request: BrowseRequest, live: Iec104Session | undefined): BrowsePage {
  if (live === undefined) {
    throw new DriverError('connect', 'There is no live link to this station, and only that shows what it reports', {
      remedy: 'Save the device and enable it; what the station reports appears here as soon as it is online.',
    })
  }
  const { view } = live.station
  const nodes =
    request.parent === null && request.search === null
      ? view.commonAddresses.map((commonAddress) => folderNode(commonAddress, view.list(commonAddress).length))
      : objectNodes(view.list(request.parent === null ? null : Number(request.parent)), config, request.search)
  const from = request.cursor === null ? 0 : Number(request.cursor)
  const to = from + request.limit
  return { nodes: nodes.slice(from, to), cursor: to < nodes.length ? String(to) : null }
}

function folderNode(commonAddress: number, objects: number): BrowseNode {
  return {
    key: String(commonAddress),
    name: `Common address ${commonAddress}`,
    path: `Common address ${commonAddress}`,
    hasChildren: true,
    type: 'Folder',
    description: `${objects} information objects reported`,
    value: null,
    good: true,
    status: '',
    sourceTimestamp: null,
    tag: null,
  }
}

function objectNodes(seen: readonly SeenObject[], config: Iec104Config, search: string | null): BrowseNode[] {
  const shared = new Set<string>()
  const once = new Set<string>()
  for (const { commonAddress, objectAddress } of seen) {
    const place = `${commonAddress}/${objectAddress}`
    if (once.has(place)) shared.add(place)
    once.add(place)
  }
  const nodes = seen.map((object) => objectNode(object, config, shared.has(`${object.commonAddress}/${object.objectAddress}`)))
  const wanted = search?.trim().toLowerCase() ?? ''
  return wanted === '' ? nodes : nodes.filter((node) => `${node.path} ${node.type}`.toLowerCase().includes(wanted))
}

/** @param isShared whether other types report under the same address, so that the tag has to name its own */
function objectNode(object: SeenObject, config: Iec104Config, isShared: boolean): BrowseNode {
  const { commonAddress, objectAddress, type, value, quality } = object
  const { group } = type
  const address = formatAddress({ commonAddress, objectAddress, group: isShared ? group : null, part: 'value' })
  const name = `${group}_${objectAddress}`
  const good = severityOf(quality) === 0
  return {
    key: formatAddress({ commonAddress, objectAddress, group, part: 'value' }),
    name: `${objectAddress}`,
    path: `Common address ${commonAddress}/${objectAddress}`,
    hasChildren: false,
    type: type.name,
    description: `${TYPE_GROUPS[group]}, ${object.reports} ${object.reports === 1 ? 'report' : 'reports'}`,
    value: value === null ? null : String(value),
    good,
    status: qualityWords(quality),
    sourceTimestamp: object.at,
    tag: {
      name: commonAddress === config.commonAddress ? name : `CA${commonAddress}_${name}`,
      address,
      settings: {},
      kind: KINDS[group] ?? 'analog',
      unit: '',
    },
  }
}
