import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ConfigError } from '#base/errors.ts'
import { formatNodeAddress, literalOf, OPC_UA_NAMESPACE, parseNodeAddress, toServerNodeId, type NodeAddress } from './node-id.ts'

const identifier = fc.oneof(
  fc.record({ identifierType: fc.constant('i' as const), identifier: fc.nat({ max: 0xffff_ffff }).map(String) }),
  fc.record({
    identifierType: fc.constant('s' as const),
    // the blanks at both ends of what somebody types are not meant
    identifier: fc.string({ minLength: 1, unit: 'binary' }).filter((text) => text.trim() === text && !/\[\d[\d,]*\]$/.test(text)),
  }),
  fc.record({ identifierType: fc.constant('g' as const), identifier: fc.uuid() }),
  fc.record({
    identifierType: fc.constant('b' as const),
    identifier: fc.uint8Array({ minLength: 1 }).map((bytes) => Buffer.from(bytes).toString('base64')),
  }),
)
const address: fc.Arbitrary<NodeAddress> = fc
  .tuple(
    identifier,
    fc.oneof(
      fc.nat({ max: 65_535 }),
      fc.webUrl().map((url) => `${url};%`),
    ),
    fc.option(fc.array(fc.nat({ max: 999_999_999 }), { minLength: 1, maxLength: 3 })),
  )
  .map(([one, namespace, element]) => ({ ...one, namespace, element }))

test('an address that is written and read again is the same', () => {
  fc.assert(
    fc.property(address, (one) => {
      assert.deepEqual(parseNodeAddress(formatNodeAddress(one)), one)
    }),
  )
})

test('notations of the standard and of the field', () => {
  const cases: readonly (readonly [string, NodeAddress])[] = [
    ['i=2258', { namespace: 0, identifierType: 'i', identifier: '2258', element: null }],
    ['ns=3;s="DB_Pumps"."Flow"', { namespace: 3, identifierType: 's', identifier: '"DB_Pumps"."Flow"', element: null }],
    ['ns=2;s=a;b=c', { namespace: 2, identifierType: 's', identifier: 'a;b=c', element: null }],
    [
      'nsu=http://www.siemens.com/simatic-s7-opcua;s="a"[3]',
      { namespace: 'http://www.siemens.com/simatic-s7-opcua', identifierType: 's', identifier: '"a"', element: [3] },
    ],
    ['ns=1;i=5[1,2]', { namespace: 1, identifierType: 'i', identifier: '5', element: [1, 2] }],
    ['ns=1;s=Line[007]', { namespace: 1, identifierType: 's', identifier: 'Line[007]', element: null }],
    [`nsu=${OPC_UA_NAMESPACE};i=85`, { namespace: 0, identifierType: 'i', identifier: '85', element: null }],
    ['nsu=urn:a%3Bb%25;s=x', { namespace: 'urn:a;b%', identifierType: 's', identifier: 'x', element: null }],
  ]
  for (const [text, expected] of cases) assert.deepEqual(parseNodeAddress(` ${text} `), expected, text)
})

test('what is no node id is refused, naming the address', () => {
  const bad = [
    '',
    'Pump1',
    's=',
    'ns=x;i=1',
    'ns=65536;i=1',
    'i=4294967296',
    'i=-1',
    'g=12',
    'b=%',
    'nsu=;s=a',
    'ns=1',
    'x=1',
    'ns=1;i=3[1]x',
  ]
  for (const text of bad) {
    assert.throws(
      () => parseNodeAddress(text),
      (error) => error instanceof ConfigError && error.field === 'address' && error.remedy !== undefined,
      text,
    )
  }
})

test('any text is refused or understood, never anything else', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      try {
        formatNodeAddress(parseNodeAddress(text))
      } catch (error) {
        assert.ok(error instanceof ConfigError)
      }
    }),
  )
})

test('the namespace is found by its URI in whatever order the server has them', () => {
  const node = parseNodeAddress('nsu=urn:plant;s=Flow')
  assert.equal(toServerNodeId(node, [OPC_UA_NAMESPACE, 'urn:server', 'urn:plant']), 'ns=2;s=Flow')
  assert.equal(toServerNodeId(node, [OPC_UA_NAMESPACE, 'urn:plant']), 'ns=1;s=Flow')
  assert.equal(toServerNodeId(node, [OPC_UA_NAMESPACE]), undefined)
  assert.equal(toServerNodeId(parseNodeAddress('i=2258'), [OPC_UA_NAMESPACE]), 'i=2258')
})

test('only a text identifier can end with brackets of its own', () => {
  const literal = literalOf(parseNodeAddress('ns=1;s=Odd[2]'))
  assert.equal(literal === undefined ? '' : toServerNodeId(literal, []), 'ns=1;s=Odd[2]')
  assert.equal(literalOf(parseNodeAddress('ns=1;i=7[2]')), undefined)
  assert.equal(literalOf(parseNodeAddress('ns=1;s=Flow')), undefined)
})
