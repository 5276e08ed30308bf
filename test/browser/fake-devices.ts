import { loadDriver, PROTOCOLS } from '#drivers/catalogue.ts'
import type { BrowseNode, BrowsePage } from '#drivers/driver.ts'
import type { Answers } from './fake-server.ts'

/** An address space of areas with pumps with six variables each, and a folder of 10,000. */
export function fakeSpace(
  areas = 4,
  pumps = 8,
): (request: { parent: string | null; search: string | null; cursor: string | null; limit: number }) => BrowsePage {
  const now = (): number => Date.now() * 1000
  const folder = (path: string): BrowseNode => ({
    key: path,
    name: path.split('/').at(-1) ?? '',
    path,
    hasChildren: true,
    type: 'Folder',
    description: '',
    value: null,
    good: true,
    status: '',
    sourceTimestamp: null,
    tag: null,
  })
  const variable = (path: string, index: number): BrowseNode => {
    const name = path.split('/').at(-1) ?? ''
    const bad = index % 29 === 11
    return {
      key: path,
      name,
      path,
      hasChildren: false,
      type: name === 'Running' ? 'Boolean' : 'Double',
      description: name === 'Speed' ? 'Motor speed' : '',
      value: bad ? null : name === 'Running' ? 'true' : ((now() / 1e6 + index) % 100).toFixed(2),
      good: !bad,
      status: bad ? 'BadSensorFailure' : '',
      sourceTimestamp: now(),
      tag: {
        name,
        address: `ns=2;s=${path}`,
        settings: {},
        kind: name === 'Running' ? 'digital' : 'analog',
        unit: { Speed: 'rpm', Flow: 'm³/h', Pressure: 'bar', Power: 'kW' }[name] ?? '',
      },
    }
  }
  const names = ['Speed', 'Flow', 'Pressure', 'Power', 'Running', 'Hours']
  const children = (parent: string | null): BrowseNode[] => {
    if (parent === null) return [...Array.from({ length: areas }, (_, area) => folder(`Area ${area + 1}`)), folder('Archive')]
    if (parent === 'Archive') return Array.from({ length: 10_000 }, (_, index) => variable(`Archive/Point ${index + 1}`, index))
    if (/^Area \d+$/.test(parent)) return Array.from({ length: pumps }, (_, pump) => folder(`${parent}/P-${pump + 1}`))
    return names.map((name, index) => variable(`${parent}/${name}`, index + parent.length))
  }
  const below = (parent: string | null): BrowseNode[] =>
    children(parent).flatMap((node) => (node.hasChildren ? [node, ...below(node.key)] : [node]))
  return ({ parent, search, cursor, limit }) => {
    const wanted = search?.toLowerCase()
    const nodes = wanted === undefined ? children(parent) : below(parent).filter((node) => node.path.toLowerCase().includes(wanted))
    const from = Number(cursor ?? 0)
    return { nodes: nodes.slice(from, from + limit), cursor: from + limit < nodes.length ? String(from + limit) : null }
  }
}

/** The forms of every protocol as they are served; each can be browsed. */
export async function fakeProtocols(): Promise<Record<string, unknown>[]> {
  const drivers = await Promise.all(PROTOCOLS.map((protocol) => loadDriver(protocol)))
  return drivers.map((driver) => ({
    protocol: driver?.protocol,
    title: driver?.title,
    connectionSchema: driver?.connectionSchema,
    tagSchema: driver?.tagSchema,
    addressHelp: driver?.addressHelp,
    browsable: true,
    actions: Object.keys(driver?.actions ?? {}),
    shared: driver?.shared === undefined ? null : { title: driver.shared.title, field: driver.shared.field, schema: driver.shared.schema },
  }))
}

/** What an engineer's pages ask for. */
export async function deviceAnswers(): Promise<Answers> {
  const protocols = await fakeProtocols()
  const browse = fakeSpace()
  return (call, _query, body) => {
    if (call === 'GET /api/protocols') return { body: protocols }
    if (call === 'GET /api/brokers') return { body: [] }
    if (call === 'GET /api/rules') return { body: [] }
    if (call === 'POST /api/browse') return { body: browse(body as Parameters<typeof browse>[0]) }
    if (/^POST \/api\/devices\/\d+\/tags$/.test(call)) return { body: { tags: [] } }
    return null
  }
}
