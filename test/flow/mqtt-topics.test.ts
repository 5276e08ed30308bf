import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { hasFlag, QualityFlag, QualitySeverity, severityOf } from '#domain/sample.ts'
import { createDriver } from '#drivers/mqtt/driver.ts'
import { startMosquitto } from '../support/mosquitto.ts'
import { mqttPlan } from '../support/mqtt-device.ts'
import { recordedContext } from '../support/session-context.ts'

const folder = mkdtempSync(join(tmpdir(), 'synctide-mqtt-'))

test('mosquitto: numbers, words, JSON with paths and times; the most specific topic wins', async () => {
  await using broker = await startMosquitto()
  await broker.publish('plant/kept', '7', '-r', '-q', '1')
  const context = recordedContext({ folder })
  const plan = mqttPlan({ port: broker.port }, { topicPrefix: 'plant' }, [
    ['pump1/flow'],
    ['+/flow', { readAs: 'number' }],
    ['json', { path: 'values[*].v', timestampPath: 'values[*].t' }],
    ['json', { path: 'state', timestampPath: 't' }],
    ['kept'],
  ])
  await using _ = await createDriver().connect(plan, context)
  const newest = (tagId: number) => context.emitted.findLast((sample) => sample.tagId === tagId)

  await context.until(() => newest(5) !== undefined, 'the retained value')
  assert.equal(newest(5)?.value, 7)
  assert.ok(hasFlag(newest(5)?.quality ?? 0, QualityFlag.Retained))
  assert.equal(severityOf(newest(5)?.quality ?? 0), QualitySeverity.Uncertain)

  await broker.publish('plant/pump1/flow', '12.5')
  await broker.publish('plant/pump2/flow', '99')
  await broker.publish(
    'plant/json',
    '{"t":"2026-01-01T00:00:00.25Z","state":true,"values":[{"v":1,"t":1767225600},{"v":2,"t":1767225601000}]}',
  )
  await context.until(() => newest(4) !== undefined, 'the values')
  assert.equal(newest(1)?.value, 12.5)
  assert.equal(newest(2)?.value, 99)
  assert.equal(context.emitted.filter((sample) => sample.tagId === 2).length, 1, 'pump1 has a topic of its own')
  const list = context.emitted.filter((sample) => sample.tagId === 3)
  assert.deepEqual(
    list.map(({ value, sourceTimestamp, quality }) => [value, sourceTimestamp, quality]),
    [
      [1, 1767225600_000_000, 0],
      [2, 1767225601_000_000, 0],
    ],
  )
  assert.equal(newest(4)?.sourceTimestamp, 1767225600_250_000)

  await broker.publish('plant/pump1/flow', 'broken {')
  await context.until(
    () => severityOf(newest(2)?.quality ?? 0) === QualitySeverity.Good && (context.counts.get('messages') ?? 1) > 0,
    'the poison',
  )
})
