import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ConfigError } from '#base/errors.ts'
import { secretFieldsOf } from '../secret-fields.ts'
import { connectionSchema, endpointOf, parseConfig, parsePoint } from './config.ts'

const field = (raw: unknown): string => {
  try {
    parseConfig(raw)
  } catch (error) {
    if (error instanceof ConfigError) return error.field
    throw error
  }
  return ''
}

test('the URL alone is enough, and then everything is encrypted', () => {
  const config = parseConfig({ endpointUrl: ' opc.tcp://plc-1 ' })
  assert.deepEqual(
    [config.endpointUrl, config.securityPolicy, config.securityMode, config.mode],
    ['opc.tcp://plc-1', 'Basic256Sha256', 'SignAndEncrypt', 'subscription'],
  )
})

test('host and port, with names, IPv4 and IPv6', () => {
  assert.deepEqual(endpointOf('opc.tcp://plc-1'), { host: 'plc-1', port: 4840 })
  assert.deepEqual(endpointOf('opc.tcp://10.0.0.7:49320/UA/Server'), { host: '10.0.0.7', port: 49_320 })
  assert.deepEqual(endpointOf('opc.tcp://[fe80::1]:4841'), { host: 'fe80::1', port: 4841 })
})

test('a mistake names its field', () => {
  const endpointUrl = 'opc.tcp://plc-1:4840'
  for (const url of ['', 'plc-1', 'http://plc-1', 'opc.tcp://', 'opc.tcp://a b', 'opc.tcp://plc-1:70000', 'opc.tcp://plc-1:0'])
    assert.equal(field({ endpointUrl: url }), 'endpointUrl', url)
  assert.equal(field({ endpointUrl, securityPolicy: 'Basic128Rsa15' }), 'securityPolicy')
  assert.equal(field({ endpointUrl, identity: 'userName' }), 'userName')
  assert.equal(field({ endpointUrl, identity: 'certificate' }), 'userCertificate')
  assert.equal(
    field({
      endpointUrl,
      identity: 'certificate',
      userCertificate: '-----BEGIN CERTIFICATE-----',
      userPrivateKey: '-----BEGIN ENCRYPTED PRIVATE KEY-----',
    }),
    'userPrivateKey',
  )
  assert.equal(field({ endpointUrl, publishingInterval: 10 }), 'publishingInterval')
  assert.equal(field({ endpointUrl, endpoint: 'x' }), 'endpoint')
})

test('whatever comes, a ConfigError or a configuration', () => {
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.record({ endpointUrl: fc.string(), mode: fc.anything(), queueSize: fc.anything() })), (raw) => {
      assert.equal(typeof field(raw), 'string')
    }),
  )
})

test('what must stay secret is only ever written', () => {
  assert.deepEqual(secretFieldsOf(connectionSchema), ['password', 'userPrivateKey'])
})

test('a tag inherits from its device what it does not say itself', () => {
  const config = parseConfig({ endpointUrl: 'opc.tcp://plc-1', samplingInterval: 250, queueSize: 7 })
  assert.deepEqual(parsePoint({ address: 'i=2258', settings: { samplingInterval: 1000 } }, config), {
    node: { namespace: 0, identifierType: 'i', identifier: '2258', element: null },
    samplingInterval: 1000,
    queueSize: 7,
  })
  assert.throws(
    () => parsePoint({ address: 'i=2258', settings: { samplingIntervall: 1 } }, config),
    (error) => error instanceof ConfigError && error.field === 'samplingIntervall',
  )
})

test('to parse is not to load: the client library stays out', async () => {
  const { execFileSync } = await import('node:child_process')
  const script = `import { createDriver } from '#drivers/opcua/driver.ts'
    const driver = createDriver()
    driver.parsePoint({ address: 'i=2258', settings: {} }, driver.parseConfig({ endpointUrl: 'opc.tcp://plc-1' }))
    const { Session } = await import('node:inspector/promises')
    const session = new Session()
    session.connect()
    const urls = []
    session.on('Debugger.scriptParsed', ({ params }) => urls.push(params.url))
    await session.post('Debugger.enable')
    console.log(urls.filter((url) => url.includes('/node-opcua')).length)`
  const found = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: new URL('../../..', import.meta.url),
    encoding: 'utf8',
  })
  assert.equal(found.trim(), '0')
})
