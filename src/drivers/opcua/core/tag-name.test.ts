import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { makeUnique, proposeTagName } from './tag-name.ts'

test('names tell where the node is, without what every controller has', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['PLC_1/DataBlocksGlobal/"DB_Pumps"/"P1"/"Flow"', 'DB_Pumps.P1.Flow'],
    ['DeviceSet/CODESYS Control/Resources/Application/GlobalVars/GVL/Level', 'CODESYS Control.GVL.Level'],
    ['Plant/Levels/[3]', 'Plant.Levels[3]'],
    ['PLC_1/Flow', 'PLC_1.Flow'],
    ['Objects', 'Objects'],
  ]
  for (const [path, name] of cases) assert.equal(proposeTagName(path.split('/')), name)
})

test('every name is one that a tag may have', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1, maxLength: 80 }), { minLength: 1, maxLength: 8 }), (path) => {
      const name = proposeTagName([...path, 'Flow'])
      assert.match(name, /^[^{}$]{1,200}$/)
    }),
  )
})

test('twins are told apart, capitals or not', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('Flow', 'flow', 'Level', 'Flow_2', 'x'.repeat(200)), { maxLength: 60 }), (names) => {
      const taken = new Set<string>()
      const unique = names.map((name) => makeUnique(name, taken))
      assert.equal(new Set(unique.map((name) => name.toLowerCase())).size, names.length)
      for (const name of unique) assert.ok(name.length <= 200)
    }),
  )
})
