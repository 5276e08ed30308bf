import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { PlantDevice, PlantFile, PlantTag } from './plant-file.ts'
import { parsePlantFile } from './plant-file.ts'
import type { RuleBody } from './shapes.ts'
import { type Change, difference } from './difference.ts'

const rule = fc.record({
  name: fc.constantFrom('High', 'Low', 'Very high'),
  label: fc.constantFrom('Hi', 'Lo', 'Custom'),
  operator: fc.constantFrom('>', '<'),
  setpoint: fc.integer({ min: 0, max: 3 }),
})
const unique = <T extends { name: string }>(item: fc.Arbitrary<T>, max: number): fc.Arbitrary<T[]> =>
  fc.uniqueArray(item, { selector: (one) => one.name.toLowerCase(), maxLength: max })
const tag = fc.record({
  name: fc.constantFrom('Flow', 'flow', 'Level', 'State'),
  address: fc.constantFrom('HR0', 'HR2'),
  rules: unique(rule, 3),
})
const device = fc
  .record({
    name: fc.constantFrom('PS-01', 'BH-01', 'bh-01'),
    tags: unique(tag, 3),
    connection: fc.record({ host: fc.constantFrom('a', 'b') }),
  })
  .map((one) => ({ ...one, code: one.name, protocol: 'modbus' }))
const plant = unique(device, 3).map((devices) => parsePlantFile({ synctide: 1, devices }))

test('nothing differs from itself', () => {
  fc.assert(fc.property(plant, (file) => assert.deepEqual(difference(file, structuredClone(file)), [])))
})

test('doing every change in order turns one plant into the other', () => {
  fc.assert(
    fc.property(plant, plant, (before, after) => {
      const done = difference(before, after).reduce(perform, structuredClone(before))
      assert.deepEqual(sorted(done), sorted(after))
    }),
  )
})

test('a renamed rule with the same label and operator stays the same rule', () => {
  const file = (name: string): PlantFile =>
    parsePlantFile({
      synctide: 1,
      devices: [
        {
          code: 'A',
          name: 'A',
          protocol: 'modbus',
          connection: {},
          tags: [{ name: 'T', address: 'HR0', rules: [{ name, operator: '>', setpoint: 5 }] }],
        },
      ],
    })
  const [change, ...others] = difference(file('High'), file('Too high'))
  assert.deepEqual(others, [])
  assert.equal(change?.action, 'change')
  assert.equal(change.object, 'rule A / T / High')
  assert.deepEqual(change.fields, [{ field: 'name', before: 'High', after: 'Too high' }])
})

test('a section that is missing is left alone', () => {
  const full = parsePlantFile({ synctide: 1, devices: [], contacts: [{ name: 'Ana' }], gateways: { email: {} } })
  assert.deepEqual(difference(full, parsePlantFile({ synctide: 1 })), [])
  assert.deepEqual(
    difference(full, parsePlantFile({ synctide: 1, contacts: [] })).map((change) => `${change.action} ${change.object}`),
    ['remove contact Ana'],
  )
})

/** A model of apply: what the store would hold after one change. Fails where the store would, on a name that is taken. */
function perform(file: PlantFile, { step }: Change): PlantFile {
  const devices = [...(file.devices ?? [])]
  const at = <T>(list: readonly T[], name: string, nameOf: (item: T) => string): number => list.findIndex((item) => nameOf(item) === name)
  const put = <T>(list: T[], index: number, item: T | null, nameOf: (item: T) => string): T[] => {
    const rest = list.filter((_, i) => i !== index)
    if (item === null) return rest
    assert.equal(
      rest.some((other) => nameOf(other).toLowerCase() === nameOf(item).toLowerCase()),
      false,
      `${nameOf(item)} is free`,
    )
    return [...rest, item]
  }
  const inDevice = (code: string, edit: (device: PlantDevice) => PlantDevice): PlantFile => ({
    ...file,
    devices: devices.map((one) => (one.code === code ? edit(one) : one)),
  })
  switch (step.on) {
    case 'device': {
      const index = at(devices, step.code, (one) => one.code)
      const old = devices[index]
      const next = step.after !== null && old !== undefined ? { ...step.after, tags: old.tags } : step.after
      return { ...file, devices: put(devices, index, next, (one) => one.code) }
    }
    case 'curve': {
      const curves = [...(file.curves ?? [])]
      const index = at(curves, step.name, (one) => one.name)
      return { ...file, curves: put(curves, index, step.after, (one) => one.name) }
    }
    case 'tag':
      return inDevice(step.device, (one) => {
        const index = at(one.tags, step.name, (item) => item.name)
        const old = one.tags[index]
        const next: PlantTag | null = step.after !== null && old !== undefined ? { ...step.after, rules: old.rules } : step.after
        return { ...one, tags: put(one.tags, index, next, (item) => item.name) }
      })
    case 'rule':
      return inDevice(step.device, (one) => ({
        ...one,
        tags: one.tags.map((item) => {
          if (item.name !== step.tag) return item
          const rules: RuleBody[] = put(
            item.rules,
            at(item.rules, step.name, (other) => other.name),
            step.after,
            (other) => other.name,
          )
          return { ...item, rules }
        }),
      }))
    case 'site':
    case 'reportByException':
    case 'broker':
    case 'contact':
    case 'contactGroup':
    case 'messageTemplates':
    case 'messaging':
    case 'chain':
    case 'gateway':
      throw new Error(`no ${step.on} in this model`)
  }
}

function sorted(file: PlantFile): unknown {
  const by = <T>(list: readonly T[], nameOf: (item: T) => string): T[] => [...list].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  const devices = (file.devices ?? []).map((one) => ({
    ...one,
    tags: by(
      one.tags.map((item) => ({ ...item, rules: by(item.rules, (other) => other.name) })),
      (item) => item.name,
    ),
  }))
  return by(devices, (one) => one.code)
}
