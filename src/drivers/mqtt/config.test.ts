import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { ConfigError } from '#base/errors.ts'
import { parseBroker } from './broker-config.ts'
import { parseConfig, parsePoint } from './config.ts'
import { describePublish, publishFrame } from './core/publish-frame.ts'
import { writePayload } from './core/sparkplug-encode.ts'
import { parseTopic, readState } from './core/sparkplug-topic.ts'

const refuses = (action: () => unknown, field: string): void => {
  assert.throws(action, (error) => error instanceof ConfigError && error.field === field && error.message.length > 10)
}

test('a broker: defaults, secrets that never print, and what is refused where', () => {
  const broker = parseBroker({ host: 'broker.local', password: 'hunter2' })
  assert.deepEqual(
    [broker.port, broker.tls, broker.verify, broker.session, broker.version, broker.sparkplugHostId],
    [1883, false, true, 'persistent', '3.1.1', 'SyncTide'],
  )
  assert.equal(broker.password.reveal(), 'hunter2')
  assert.ok(!`${inspect(broker)}${JSON.stringify(broker)}`.includes('hunter2'))
  refuses(() => parseBroker({}), 'host')
  refuses(() => parseBroker({ host: 'mqtt://x' }), 'host')
  refuses(() => parseBroker({ host: 'x', port: 0 }), 'port')
  refuses(() => parseBroker({ host: 'x', ca: 'not pem' }), 'ca')
  refuses(() => parseBroker({ host: 'x', tsl: true }), 'tsl')
  refuses(() => parseBroker({ host: 'x', sparkplugHostId: 'a/b' }), 'sparkplugHostId')
})

test('certificates pasted into one line are put right', () => {
  const pem = execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      '/dev/null',
      '-subj',
      '/CN=x',
      '-days',
      '1',
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  ).toString()
  assert.equal(parseBroker({ host: 'x', ca: pem.replaceAll('\n', ' ') }).ca, pem)
  assert.equal(parseBroker({ host: 'x', ca: pem.replaceAll('\n', '') }).ca, pem)
  refuses(() => parseBroker({ host: 'x', clientCertificate: pem }), 'clientKey')
})

test('a device: plain topics or an edge node', () => {
  assert.deepEqual(parseConfig({ broker: 'B', topicPrefix: 'plant/' }), { kind: 'topics', broker: 'B', topicPrefix: 'plant', qos: 1 })
  assert.deepEqual(parseConfig({ broker: 'B', kind: 'sparkplug', groupId: 'G', edgeNodeId: 'N' }), {
    kind: 'sparkplug',
    broker: 'B',
    groupId: 'G',
    edgeNodeId: 'N',
    deviceId: null,
  })
  refuses(() => parseConfig({}), 'broker')
  refuses(() => parseConfig({ broker: 'B', topicPrefix: 'a/+' }), 'topicPrefix')
  refuses(() => parseConfig({ broker: 'B', kind: 'sparkplug', groupId: 'G' }), 'edgeNodeId')
  refuses(() => parseConfig({ broker: 'B', kind: 'sparkplug', groupId: 'a/b', edgeNodeId: 'N' }), 'groupId')
})

test('a tag: topic with prefix, or metric', () => {
  const topics = parseConfig({ broker: 'B', topicPrefix: 'plant' })
  const point = parsePoint({ address: ' pump/+/flow ', settings: { path: 'a.b' } }, topics)
  assert.equal(point.kind === 'topic' ? point.filter : '', 'plant/pump/+/flow')
  refuses(() => parsePoint({ address: 'a/b+', settings: {} }, topics), 'address')
  refuses(() => parsePoint({ address: '$share/g/x', settings: {} }, parseConfig({ broker: 'B' })), 'address')
  refuses(() => parsePoint({ address: '', settings: {} }, topics), 'address')
  refuses(() => parsePoint({ address: 'a', settings: { path: 'a[' } }, topics), 'path')
  refuses(() => parsePoint({ address: 'a', settings: { timeZone: 'Mars/Base' } }, topics), 'timeZone')
  const metric = parsePoint(
    { address: 'Set/col[2]', settings: {} },
    parseConfig({ broker: 'B', kind: 'sparkplug', groupId: 'G', edgeNodeId: 'N' }),
  )
  assert.deepEqual(metric, { kind: 'metric', name: 'Set/col[2]', cell: { metric: 'Set', column: 'col', row: 2 } })
})

test('topics of Sparkplug, STATE in both forms', () => {
  assert.deepEqual(parseTopic('spBv1.0/G/DDATA/N/D'), { groupId: 'G', type: 'DDATA', edgeNodeId: 'N', deviceId: 'D' })
  for (const bad of [
    'spBv1.0/G/NDATA',
    'spBv1.0/G/DDATA/N',
    'spBv1.0/G/NDATA/N/D',
    'spBv1.0/STATE/host',
    'spBv1.0/G/WHAT/N',
    'x/G/NDATA/N',
    'spBv1.0//NDATA/N',
  ]) {
    assert.equal(parseTopic(bad), undefined, bad)
  }
  assert.deepEqual(['OFFLINE', 'ONLINE', '{"online":false,"timestamp":1}', '{}', 'x', 'null'].map(readState), [
    false,
    true,
    false,
    undefined,
    undefined,
    undefined,
  ])
})

test('frames of the log are PUBLISH packets, and told in words without control characters', () => {
  // MQTT 3.1.1, 3.3: type 3, QoS 1, retained; remaining length 11; topic a/b; packet identifier; payload
  assert.equal(Buffer.from(publishFrame('a/b', new TextEncoder().encode('23.5'), 1, true)).toString('hex'), '330b0003612f62000032332e35')
  assert.equal(describePublish(publishFrame('a/b', new TextEncoder().encode('x\r\n\u001b[31m'), 0, false)), 'a/b (QoS 0): x [31m')
  const payload = writePayload({
    seq: 5,
    metrics: [
      { name: 'Speed', value: 7 },
      { alias: 3, value: true },
    ],
  })
  assert.equal(
    describePublish(publishFrame('spBv1.0/G/NDATA/N', payload, 0, false)),
    'spBv1.0/G/NDATA/N (QoS 0): seq 5; Speed=7, alias 3=true',
  )
  const long = new TextEncoder().encode('y'.repeat(20_000))
  assert.equal(describePublish(publishFrame('t', long, 0, false)), `t (QoS 0): ${'y'.repeat(200)}…`)
  for (let end = 0; end < 20; end++) describePublish(publishFrame('a/b', payload, 1, false).subarray(0, end))
})
