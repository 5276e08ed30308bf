import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearestNode } from './nearest-node.ts'

const known = ['s="DB_Pumps"."Flow"', 's=Plant.Level', 's=Plant.Pressure', 'i=1001', 'i=2001']

test('what was meant is found through quotes, capitals and slips', () => {
  assert.equal(nearestNode('s=DB_Pumps.Flow', known), 's="DB_Pumps"."Flow"')
  assert.equal(nearestNode('s=plant.levle', known), 's=Plant.Level')
  assert.equal(nearestNode('i=1002', known), 'i=1001')
})

test('what is far from everything has no neighbour', () => {
  assert.equal(nearestNode('s=Turbine.Speed', known), undefined)
  assert.equal(nearestNode('s=x', []), undefined)
})
