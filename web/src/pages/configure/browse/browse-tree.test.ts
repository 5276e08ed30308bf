import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BrowseNode, BrowseTree, type Entry, tagFinder } from './browse-tree.ts'

function node(path: string, children = false): BrowseNode {
  const name = path.split('/').at(-1) ?? ''
  const tag = children ? null : ({ name, address: path, settings: { dataType: 'Double' }, kind: 'analog', unit: '' } as const)
  return {
    key: path,
    name,
    path,
    hasChildren: children,
    type: '',
    description: '',
    value: '1',
    good: true,
    status: '',
    sourceTimestamp: null,
    tag,
  }
}

const entryOf = (tree: BrowseTree, path: string): Entry => {
  const row = tree.rows.find((one) => one.kind === 'node' && one.entry.node.path === path)
  assert.ok(row?.kind === 'node', path)
  return row.entry
}
const shown = (tree: BrowseTree): string[] => tree.rows.map((row) => (row.kind === 'node' ? row.entry.node.path : '…'))

function plant(taken: readonly string[] = []): BrowseTree {
  const tree = new BrowseTree(tagFinder(taken.map((address) => ({ address, settings: { dataType: 'Double', extra: 1 } }))))
  tree.addPage(tree.root, { nodes: [node('P1', true), node('P2', true)], cursor: '2' })
  const below = tree.levelOf(entryOf(tree, 'P1'))
  tree.addPage(below, { nodes: [node('P1/Speed'), node('P1/Level')], cursor: null })
  return tree
}

test('pages follow one another, with a row for what is still to come', () => {
  const tree = new BrowseTree(() => false)
  assert.deepEqual(shown(tree), ['…'])
  tree.addPage(tree.root, { nodes: [node('P1', true)], cursor: '1' })
  assert.deepEqual(shown(tree), ['P1', '…'])
  tree.addPage(tree.root, { nodes: [node('P1', true), node('P2', true)], cursor: null })
  assert.deepEqual(shown(tree), ['P1', 'P2'], 'a node that is told twice stands there once')
  assert.deepEqual(
    tree.root.pages.map((page) => [page.cursor, page.entries.length]),
    [
      [null, 1],
      ['1', 1],
    ],
  )
})

test('an open branch stands below its node', () => {
  const tree = plant()
  assert.deepEqual(shown(tree), ['P1', 'P2', '…'])
  tree.setOpen(entryOf(tree, 'P1'), true)
  assert.deepEqual(shown(tree), ['P1', 'P1/Speed', 'P1/Level', 'P2', '…'])
  assert.equal(entryOf(tree, 'P1/Level').level, 2)
  tree.setOpen(entryOf(tree, 'P1'), false)
  assert.deepEqual(shown(tree), ['P1', 'P2', '…'])
})

test('a branch is ticked, partly ticked or not, by what is below it', () => {
  const tree = plant()
  const branch = entryOf(tree, 'P1')
  tree.choose([node('P1/Speed')], true)
  assert.equal(tree.mark(branch), 'some')
  tree.choose([node('P1/Level')], true)
  assert.equal(tree.mark(branch), 'all')
  tree.choose([node('P1/Speed'), node('P1/Level')], false)
  assert.equal(tree.mark(branch), 'none')
})

test('a branch of which a part is unknown is not ticked whole', () => {
  const tree = plant()
  const below = tree.levelOf(entryOf(tree, 'P1'))
  tree.refresh(below, [node('P1/More', true)])
  tree.choose([node('P1/Speed'), node('P1/Level')], true)
  assert.equal(tree.mark(entryOf(tree, 'P1')), 'some')
})

test('what stands below a value does not count for the branch, and is ticked by itself', () => {
  const tree = plant()
  const level = tree.levelOf(entryOf(tree, 'P1'))
  const speed = { ...node('P1/Speed'), hasChildren: true }
  tree.refresh(level, [speed])
  tree.setOpen(entryOf(tree, 'P1'), true)
  const properties = tree.levelOf(entryOf(tree, 'P1/Speed'))
  tree.addPage(properties, { nodes: [node('P1/Speed/EURange')], cursor: null })
  tree.choose([speed, node('P1/Level')], true)
  assert.equal(tree.mark(entryOf(tree, 'P1')), 'all')
  tree.choose([speed], false)
  tree.choose([node('P1/Speed/EURange')], true)
  assert.equal(tree.mark(entryOf(tree, 'P1/Speed')), 'some')
})

test('what the device has already is known by address and settings, and cannot be ticked', () => {
  const tree = plant(['P1/Speed'])
  tree.choose([node('P1/Speed'), node('P1/Level'), node('P1', true)], true)
  assert.deepEqual([...tree.chosen.keys()], ['P1/Level'])
  assert.equal(tree.isTaken(node('P1/Speed')), true)
  assert.equal(tree.mark(entryOf(tree, 'P1')), 'all', 'the rest of the branch is ticked')
  assert.equal(
    tagFinder([{ address: 'a', settings: { path: '$.x' } }])({
      name: 'a',
      address: 'a',
      settings: { path: '$.y' },
      kind: 'analog',
      unit: '',
    }),
    false,
  )
})

test('newer values replace the old ones where they stand', () => {
  const tree = plant()
  tree.setOpen(entryOf(tree, 'P1'), true)
  tree.refresh(tree.levelOf(entryOf(tree, 'P1')), [{ ...node('P1/Level'), value: '2' }, node('P1/Late')])
  assert.equal(entryOf(tree, 'P1/Level').node.value, '2')
  assert.deepEqual(shown(tree), ['P1', 'P1/Speed', 'P1/Level', 'P1/Late', 'P2', '…'], 'what came meanwhile is there')
  tree.refresh(tree.root, [node('P0', true)])
  assert.equal(shown(tree).includes('P0'), false, 'not in a level of which only a part is known')
})

test('a search is shown instead of the whole; what is ticked in it stays ticked', () => {
  const tree = plant()
  const found = tree.show('found')
  assert.deepEqual(shown(tree), ['…'])
  tree.addPage(found, { nodes: [node('P1/Level')], cursor: null })
  tree.choose([node('P1/Level')], true)
  tree.show('whole')
  assert.equal(tree.mark(entryOf(tree, 'P1')), 'some')
})
