import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { BrowseNode } from './browse-tree.ts'
import { nameProblem, proposeNames } from './tag-names.ts'

function node(path: string, name = path.split('/').at(-1) ?? ''): BrowseNode {
  return {
    key: path,
    name,
    path,
    hasChildren: false,
    type: 'Double',
    description: '',
    value: '1',
    good: true,
    status: '',
    sourceTimestamp: null,
    tag: { name, address: path, settings: {}, kind: 'analog', unit: '' },
  }
}

const names = (...given: Parameters<typeof proposeNames>): string[] => [...proposeNames(...given).values()]

test('a proposal gets parents only where two would be the same', () => {
  const nodes = [node('Plant/P1/Speed'), node('Plant/P2/Speed'), node('Plant/P1/Level')]
  assert.deepEqual(names(nodes, 'proposed', []), ['P1.Speed', 'P2.Speed', 'Level'])
  assert.deepEqual(names([node('A/X/Speed'), node('B/X/Speed')], 'proposed', []), ['A.X.Speed', 'B.X.Speed'])
})

test('the proposal of the driver stands; parents that it has already are not put before it again', () => {
  const proposed = (path: string, name: string): BrowseNode => {
    const one = node(path)
    return { ...one, tag: one.tag === null ? null : { ...one.tag, name } }
  }
  assert.deepEqual(names([proposed('Plant/P1/Speed', 'P1.Speed'), proposed('Flow m3/h', 'Flow')], 'proposed', []), ['P1.Speed', 'Flow'])
  assert.deepEqual(names([proposed('A/P1/Speed', 'P1.Speed'), proposed('B/P1/Speed', 'P1.Speed')], 'proposed', []), [
    'A.P1.Speed',
    'B.P1.Speed',
  ])
  assert.deepEqual(names([proposed('Plant/P1/Speed', 'P1.Speed')], 'parent', []), ['P1.Speed'])
  assert.deepEqual(names([proposed('Plant/P1/Speed', 'Pump speed')], 'parent', []), ['P1.Pump speed'])
})

test('with the parent, or the path below what all share', () => {
  const nodes = [node('Plant/North/P1/Speed'), node('Plant/South/P1/Speed')]
  assert.deepEqual(names(nodes, 'parent', []), ['P1.Speed', 'P1.Speed 2'])
  assert.deepEqual(names(nodes, 'path', []), ['North.P1.Speed', 'South.P1.Speed'])
})

test('a name that the device has already gets a number', () => {
  assert.deepEqual(names([node('A/Level')], 'proposed', ['level', 'Level 2']), ['Level 3'])
})

test('names are unique and acceptable whatever the paths are', () => {
  const part = fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom('a', 'A', 'b', '{', '$', ' ') })
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.array(part, { minLength: 1, maxLength: 4 }), { selector: (parts) => parts.join('/'), maxLength: 20 }),
      fc.constantFrom('proposed', 'parent', 'path'),
      fc.array(fc.constantFrom('a', 'b', 'a.b'), { maxLength: 3 }),
      (paths, naming, taken) => {
        const made = names(
          paths.map((parts) => node(parts.join('/'))),
          naming,
          taken,
        )
        assert.equal(made.length, paths.length)
        const all = [...made, ...new Set(taken)].map((name) => name.toLowerCase())
        assert.equal(new Set(all).size, all.length)
        for (const name of made) assert.notEqual(nameProblem(name), 'characters')
      },
    ),
  )
})
