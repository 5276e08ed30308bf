import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { plan, takenOver, type PlanContact, type PlanInput } from './plan.ts'

const NOW = 1_800_000_000_000_000
const MINUTE = 60_000_000

function contact(id: number, change: Partial<PlanContact> = {}): PlanContact {
  return {
    id,
    name: `C${id}`,
    enabled: true,
    minSeverity: 'info',
    deviceIds: null,
    categories: null,
    addresses: [
      { channel: 'telegram', address: `${id}`, problem: null },
      { channel: 'email', address: `c${id}@plant.test`, problem: null },
    ],
    ...change,
  }
}

function input(contacts: readonly PlanContact[], change: Partial<PlanInput> = {}): PlanInput {
  return {
    severity: 'warning',
    deviceId: 7,
    category: 'Process/Levels',
    contacts,
    channels: new Set(['telegram', 'email']),
    failing: new Set(),
    now: NOW,
    cooldownMinutes: 0,
    lastToldAt: undefined,
    attempt: 0,
    quietUntil: () => undefined,
    ...change,
  }
}

function sent(of: PlanInput): string[] {
  const made = plan(of)
  return made.kind === 'send' ? made.messages.map((one) => `${one.contactName} ${one.channel}: ${one.why}`) : [made.why]
}

test('everybody concerned is told once, by the first channel that works', () => {
  const dead = contact(2, { addresses: [{ channel: 'telegram', address: '2', problem: 'blocked' }, ...contact(2).addresses.slice(1)] })
  assert.deepEqual(sent(input([contact(1), dead])), ['C1 telegram: First choice', 'C2 email: telegram: blocked'])
  assert.deepEqual(sent(input([contact(1)], { channels: new Set(['email']) })), ['C1 email: telegram is not set up'])
  assert.deepEqual(sent(input([contact(1)], { failing: new Set(['telegram']) })), ['C1 email: telegram is failing'])
  const only = contact(3, { addresses: contact(3).addresses.slice(0, 1) })
  assert.deepEqual(sent(input([only], { failing: new Set(['telegram']) })), ['C3 telegram: First choice'], 'better tried than left out')
})

test('without a chain, too, quiet hours are waited for, and nobody else waits with them', () => {
  const made = plan(input([contact(1), contact(2)], { quietUntil: ({ id }) => (id === 2 ? NOW + 60 * MINUTE : undefined) }))
  assert.ok(made.kind === 'send')
  assert.deepEqual(
    [made.messages.map((one) => one.contactName), made.later.map((one) => [one.contactName, one.channel, one.at])],
    [['C1'], [['C2', 'telegram', NOW + 60 * MINUTE]]],
  )
  assert.equal(plan(input([contact(2)], { quietUntil: () => NOW + MINUTE })).kind, 'send', 'nobody is missing: it is told later')
})

test('who is not concerned is skipped with the reason', () => {
  const made = plan(
    input([
      contact(1),
      contact(2, { enabled: false }),
      contact(3, { minSeverity: 'critical' }),
      contact(4, { deviceIds: [8] }),
      contact(5, { deviceIds: [7] }),
      contact(6, { categories: ['Power'] }),
      contact(7, { categories: ['Power', 'Process'] }),
      contact(8, { addresses: [] }),
    ]),
  )
  assert.deepEqual(
    made.skipped.map((one) => `${one.contactName} ${one.why}`),
    ['C2 disabled.', 'C3 only from critical.', 'C4 not told of this device.', 'C6 not told of this category.', 'C8 has no address.'],
  )
  assert.deepEqual(made.kind === 'send' ? made.messages.map((one) => one.contactId) : [], [1, 5, 7])
})

test('a repeated alarm waits for the end of the cooldown of its rule', () => {
  const made = plan(input([contact(1)], { cooldownMinutes: 30, lastToldAt: NOW - 10 * MINUTE }))
  assert.deepEqual(made.kind === 'wait' ? [made.until, made.nobody] : made, [NOW + 20 * MINUTE, false])
  assert.equal(plan(input([contact(1)], { cooldownMinutes: 30, lastToldAt: NOW - 30 * MINUTE })).kind, 'send')
  assert.equal(plan(input([contact(1)], { cooldownMinutes: 0, lastToldAt: NOW })).kind, 'send')
})

test('with nobody to tell it looks again, ever more seldom, at least every quarter of an hour', () => {
  const pause = (attempt: number): number => {
    const made = plan(input([], { attempt }))
    return made.kind === 'wait' ? (made.until - NOW) / MINUTE : -1
  }
  assert.deepEqual([0, 1, 2, 3, 4, 5, 100].map(pause), [1, 2, 4, 8, 15, 15, 15])
})

test('whoever matches and can be reached is told, nobody twice, nobody else', () => {
  const contacts = fc.uniqueArray(
    fc.record({
      id: fc.integer({ min: 1, max: 50 }),
      name: fc.constant('x'),
      enabled: fc.boolean(),
      minSeverity: fc.constantFrom('info' as const, 'warning' as const, 'critical' as const),
      deviceIds: fc.option(fc.subarray([7, 8]), { nil: null }),
      categories: fc.option(fc.subarray(['Process', 'Power']), { nil: null }),
      addresses: fc.uniqueArray(
        fc.record({
          channel: fc.constantFrom('telegram', 'email'),
          address: fc.constant('a'),
          problem: fc.option(fc.constant('dead'), { nil: null }),
        }),
        { selector: (one) => one.channel },
      ),
    }),
    { selector: (one) => one.id },
  )
  fc.assert(
    fc.property(contacts, fc.subarray(['telegram', 'email']), fc.subarray(['telegram', 'email']), (contacts, channels, failing) => {
      const made = plan(input(contacts, { channels: new Set(channels), failing: new Set(failing) }))
      const expected = contacts
        .filter((one) => one.enabled && one.minSeverity !== 'critical' && (one.deviceIds === null || one.deviceIds.includes(7)))
        .filter((one) => one.categories === null || one.categories.includes('Process'))
        .filter((one) => one.addresses.some((address) => address.problem === null && channels.includes(address.channel)))
      const got = made.kind === 'send' ? made.messages : []
      assert.deepEqual(
        got.map((one) => one.contactId),
        expected.map((one) => one.id),
      )
      assert.equal(got.length + made.skipped.length, contacts.length)
    }),
  )
})

test('whoever takes a message over says each channel once', () => {
  const over = (failed: string, why: string): string => takenOver('sms', 'SMS (Teltonika router)', failed, why)
  assert.equal(over('the router does not answer.', 'sms failed'), 'sms: the router does not answer.')
  assert.equal(
    over('SMS (Teltonika router) does not work at the moment.', 'sms is failing'),
    'SMS (Teltonika router) does not work at the moment.',
  )
  assert.equal(over('550 unknown', 'telegram is not set up; sms failed'), 'sms: 550 unknown; telegram is not set up')
  assert.equal(over('refused.', 'telegram failed; sms failed'), 'sms: refused. telegram failed')
})
