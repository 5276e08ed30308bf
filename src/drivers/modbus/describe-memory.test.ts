import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeMemory } from './describe-memory.ts'

test('holes are told by the numbers of the manual, whatever else is remembered', () => {
  const holes = [
    { kind: 'tag', functionCode: 3, start: 120, end: 121, exceptionCode: 2, until: 1_795_757_297_570_000 },
    { kind: 'gap', functionCode: 4, start: 0, end: 4, exceptionCode: 3, until: 1_795_757_297_570_000 },
  ]
  const memory = new Map<string, unknown>([
    ['modbus.holes plc-3:502 17', holes],
    ['modbus.holes plc-4:502 1', 'no holes at all'],
  ])
  const recalled = (prefix: string): string[] => [...memory.keys()].filter((key) => key.startsWith(prefix))
  assert.deepEqual(describeMemory({ recall: (key) => memory.get(key), recalled }), {
    'Refused at plc-3:502, unit 17: 40121': 'exception 2 (illegal data address); asked again after 2026-11-27T05:28Z',
    'Refused at plc-3:502, unit 17: 30001 – 30004': 'exception 3 (illegal data value); asked again after 2026-11-27T05:28Z',
  })
  assert.deepEqual(describeMemory({ recall: () => undefined, recalled: () => [] }), {})
})
