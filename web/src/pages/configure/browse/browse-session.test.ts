import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BrowseSession, type BrowseSource } from './browse-session.ts'
import { type BrowseNode, BrowseTree, type Entry } from './browse-tree.ts'

const node = (path: string, value: boolean, children: boolean): BrowseNode => ({
  key: path,
  name: path.split('/').at(-1) ?? '',
  path,
  hasChildren: children,
  type: '',
  description: '',
  value: value ? '1' : null,
  good: true,
  status: '',
  sourceTimestamp: null,
  tag: value ? { name: path, address: path, settings: {}, kind: 'analog', unit: '' } : null,
})

/** Three folders of five values, each with a property; a folder that leads back to the root. Two nodes a page. */
function space(requests: string[] = []): BrowseSource {
  const below = (parent: string | null): BrowseNode[] => {
    if (parent === null || parent === 'Loop') return [...['A', 'B', 'C'].map((name) => node(name, false, true)), node('Loop', false, true)]
    if (parent.split('/').length > 1) return [node(`${parent}/EURange`, true, false)]
    return Array.from({ length: 5 }, (_, index) => node(`${parent}/${index}`, true, true))
  }
  return async ({ parent, cursor }) => {
    requests.push(`${parent ?? ''} ${cursor ?? ''}`)
    const nodes = below(parent)
    const from = Number(cursor ?? 0)
    return { nodes: nodes.slice(from, from + 2), cursor: from + 2 < nodes.length ? String(from + 2) : null }
  }
}

async function opened(source: BrowseSource): Promise<BrowseSession> {
  const session = new BrowseSession(source, new BrowseTree(() => false))
  await session.more(session.tree.root)
  return session
}
const first = (session: BrowseSession): Entry => session.tree.root.entries[0] as Entry

test('a branch is fetched page by page and ticked: its values, not what describes them', async () => {
  const session = await opened(space())
  assert.equal(await session.chooseAll(first(session)), true)
  assert.deepEqual(
    [...session.tree.chosen.keys()],
    Array.from({ length: 5 }, (_, index) => `A/${index}`),
  )
  assert.equal(session.tree.mark(first(session)), 'all')
  assert.equal(session.gathered, null)
})

test('everything is found once, though a folder leads back to the root', async () => {
  const requests: string[] = []
  const session = await opened(space(requests))
  assert.equal(await session.chooseAll(null), true)
  assert.equal(session.tree.chosen.size, 15)
  assert.ok(requests.length < 20, requests.join(', '))
})

test('a page that fails is told, and the branch counts as not whole', async () => {
  const good = space()
  const session = await opened(async (request, signal) => {
    if (request.parent === 'A' && request.cursor === '2') throw new Error('gone')
    return await good(request, signal)
  })
  assert.equal(await session.chooseAll(first(session)), false)
  assert.equal(session.tree.chosen.size, 2)
  assert.match(String(session.tree.levelOf(first(session)).problem), /gone/)
  assert.equal(session.tree.mark(first(session)), 'some')
})

test('it stops when it is told to', async () => {
  const good = space()
  const session = await opened(async (request, signal) => {
    if (request.parent === 'B') session.stopGathering()
    return await good(request, signal)
  })
  assert.equal(await session.chooseAll(null), false)
  assert.ok(session.tree.chosen.size < 15)
})
