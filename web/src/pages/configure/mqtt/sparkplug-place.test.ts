import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BrowseNode } from '../browse/browse-tree.ts'
import { isPlaceless, sparkplugPlaceOf } from './sparkplug-place.ts'

/** As drivers/mqtt/browse-sparkplug.ts makes them: the metric's name may itself have slashes. */
function metric(place: string, name: string): BrowseNode {
  return {
    key: `${place}/${name}`,
    name,
    path: `${place}/${name}`,
    hasChildren: false,
    type: 'Float',
    description: '',
    value: null,
    good: true,
    status: '',
    sourceTimestamp: null,
    tag: { name, address: name, settings: {}, kind: 'analog', unit: '' },
  }
}

test('metrics tell the device that they were found at', () => {
  const found = [metric('North/G1/Pump1', 'Outputs/Speed'), metric('North/G1/Pump1', 'Level')]
  assert.deepEqual(sparkplugPlaceOf(found), { groupId: 'North', edgeNodeId: 'G1', deviceId: 'Pump1' })
  assert.deepEqual(sparkplugPlaceOf([metric('North/G1', 'Node Control/Rebirth')]), { groupId: 'North', edgeNodeId: 'G1', deviceId: '' })
})

test('metrics of two devices are no one device', () => {
  assert.equal(sparkplugPlaceOf([metric('North/G1/Pump1', 'Level'), metric('North/G1/Pump2', 'Level')]), null)
  assert.equal(sparkplugPlaceOf([metric('North/G1', 'Level'), metric('North/G1/Pump2', 'Level')]), null)
  assert.equal(sparkplugPlaceOf([]), null)
})

test('only a Sparkplug device without an edge node has no place yet', () => {
  assert.equal(isPlaceless('mqtt', { kind: 'sparkplug', groupId: '', edgeNodeId: '' }), true)
  assert.equal(isPlaceless('mqtt', { kind: 'sparkplug', groupId: 'North', edgeNodeId: 'G1' }), false)
  assert.equal(isPlaceless('mqtt', { kind: 'topics' }), false)
  assert.equal(isPlaceless('opcua', {}), false)
})
