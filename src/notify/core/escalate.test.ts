import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ChainSnapshot, ContactGroup, EscalationChain } from '#domain/escalation.ts'
import { chainFor, escalate, snapshotOf, type EscalateInput, type Move, type Told } from './escalate.ts'
import type { PlanContact } from './plan.ts'
import { CHAT_LIMIT, gather, SMS_LIMIT } from './storm.ts'

const NOW = 1_800_000_000_000_000
const MINUTE = 60_000_000

function contact(id: number, change: Partial<PlanContact> = {}): PlanContact {
  const addresses = [{ channel: 'telegram', address: `${id}`, problem: null }]
  return { id, name: `C${id}`, enabled: true, minSeverity: 'info', deviceIds: null, categories: null, addresses, ...change }
}

function chain(steps: readonly [groupId: number, waitMinutes?: number, attempts?: number][]): ChainSnapshot {
  return {
    chainId: 1,
    name: 'Night',
    onClear: 'continue',
    maxAgeMinutes: 4320,
    repeatMinutes: 1440,
    steps: steps.map(([groupId, waitMinutes = 5, attempts = 1]) => ({ groupId, groupName: `G${groupId}`, waitMinutes, attempts })),
  }
}

function input(change: Partial<EscalateInput> & { chain: ChainSnapshot }): EscalateInput {
  return {
    severity: 'critical',
    deviceId: 7,
    category: 'Process/Levels',
    progress: { step: 0, tries: 0, declined: [], passed: [] },
    channels: new Set(['telegram']),
    failing: new Set(),
    now: NOW,
    ...change,
  }
}

/** Groups by their number: G1 has C1, G2 has C2 and so on, unless told. */
function people(groups: Readonly<Record<number, readonly PlanContact[]>> = {}, quiet: Readonly<Record<number, number>> = {}): Told {
  return {
    membersOf: (id) => ({ contacts: groups[id] ?? [contact(id)], offDuty: [] }),
    quietUntil: (one) => quiet[one.id],
  }
}

/** The whole story when nobody answers. */
function story(of: ChainSnapshot, told = people()): string[] {
  const lines: string[] = []
  let now = NOW
  let progress: EscalateInput['progress'] = { step: 0, tries: 0, declined: [], passed: [] }
  for (let moves = 0; moves < 50; moves++) {
    const move: Move = escalate(input({ chain: of, progress, now }), told)
    const minute = (now - NOW) / MINUTE
    if (move.kind === 'exhausted') return [...lines, `${minute} end`]
    lines.push(`${minute} ${move.messages.map((one) => one.contactName).join(' ')}`)
    ;({ progress } = move)
    now = move.nextAt
  }
  return lines
}

test('step by step, each group as often as told with doubled waits, then the end', () => {
  assert.deepEqual(story(chain([[1, 5, 3], [2, 10], [3]])), ['0 C1', '5 C1', '15 C1', '35 C2', '45 C3', '50 end'])
})

test('a group with nobody to tell is passed over with the reason, not waited for', () => {
  const told = people({ 1: [], 2: [contact(2, { enabled: false })] })
  const move = escalate(input({ chain: chain([[1], [2], [3]]) }), told)
  assert.deepEqual(move.kind === 'send' ? move.messages.map((one) => one.contactName) : move, ['C3'])
  assert.deepEqual(
    move.skipped.map((one) => `${one.contactName}: ${one.why}`),
    ['G1: the group is empty.', 'C2: disabled.'],
  )
  const gone: Told = { ...told, membersOf: () => undefined }
  const end = escalate(input({ chain: chain([[1]]) }), gone)
  assert.match(end.kind === 'exhausted' ? end.why : '', /G1: the group is gone/)
})

test('whoever said no is not asked again', () => {
  const told = people({ 1: [contact(1), contact(2)] })
  const move = escalate(input({ chain: chain([[1, 5, 2]]), progress: { step: 0, tries: 1, declined: [1], passed: [] } }), told)
  assert.deepEqual(move.kind === 'send' ? move.messages.map((one) => one.contactName) : move, ['C2'])
})

test('quiet hours: told at their end; where everybody sleeps the morning is waited for, where somebody is awake nobody is', () => {
  const morning = NOW + 300 * MINUTE
  const asleep = escalate(input({ chain: chain([[1, 5], [2]]) }), people({}, { 1: morning }))
  assert.deepEqual(asleep.kind === 'send' ? [asleep.messages.length, asleep.later[0]?.at, asleep.nextAt] : asleep, [
    0,
    morning,
    morning + 5 * MINUTE,
  ])
  const one = escalate(input({ chain: chain([[1, 5]]) }), people({ 1: [contact(1), contact(2)] }, { 1: morning }))
  assert.deepEqual(one.kind === 'send' ? [one.messages[0]?.contactName, one.later[0]?.contactName, one.nextAt] : one, [
    'C2',
    'C1',
    NOW + 5 * MINUTE,
  ])
})

test('an address kept for what is urgent is used for that only', () => {
  const addresses = [
    { channel: 'telegram', address: '1', problem: null, minSeverity: 'critical' as const },
    { channel: 'email', address: 'a@b', problem: null },
  ]
  const told = people({ 1: [contact(1, { addresses })] })
  const channelOf = (severity: 'warning' | 'critical'): string | undefined => {
    const move = escalate(input({ chain: chain([[1]]), severity, channels: new Set(['telegram', 'email']) }), told)
    return move.kind === 'send' ? move.messages[0]?.channel : undefined
  }
  assert.deepEqual([channelOf('warning'), channelOf('critical')], ['email', 'telegram'])
})

const group = (id: number, parentId: number | null): ContactGroup => ({
  id,
  name: `G${id}`,
  parentId,
  memberIds: [],
  duty: 'everybody',
  schedule: { layers: [], overrides: [], holidays: [] },
})
const stored = (change: Partial<EscalationChain>): EscalationChain => ({
  id: 1,
  name: 'x',
  enabled: true,
  position: 0,
  minSeverity: 'info',
  deviceIds: null,
  categories: null,
  steps: [{ groupId: 1, waitMinutes: 5, attempts: 1, climb: true }],
  onClear: 'continue',
  maxAgeMinutes: 60,
  repeatMinutes: 0,
  ...change,
})

test('parents follow as steps of their own; a circle ends, however it is tied', () => {
  const names = (groups: readonly ContactGroup[], change: Partial<EscalationChain> = {}): string[] =>
    snapshotOf(stored(change), groups).steps.map((one) => one.groupName)
  assert.deepEqual(names([group(1, 2), group(2, 3), group(3, null)]), ['G1', 'G2', 'G3'])
  assert.deepEqual(names([group(1, 2), group(2, 1)]), ['G1', 'G2'])
  assert.deepEqual(names([group(1, 1)]), ['G1'])
  assert.deepEqual(names([group(1, 2), group(2, null)], { steps: [{ groupId: 1, waitMinutes: 5, attempts: 1, climb: false }] }), ['G1'])
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer({ min: 1, max: 6 }), { nil: null }), { minLength: 6, maxLength: 6 }), (parents) => {
      const { steps } = snapshotOf(
        stored({}),
        parents.map((parent, index) => group(index + 1, parent)),
      )
      assert.equal(new Set(steps.map((one) => one.groupId)).size, steps.length)
    }),
  )
})

test('the chain of an alarm is the first that is on and fits', () => {
  const chains = [
    stored({ id: 1, position: 3, name: 'all' }),
    stored({ id: 2, position: 1, name: 'critical', minSeverity: 'critical' }),
    stored({ id: 3, position: 2, name: 'device 8', deviceIds: [8] }),
    stored({ id: 4, position: 1, name: 'power', categories: ['Power'] }),
    stored({ id: 4, position: 0, name: 'off', enabled: false }),
  ]
  assert.equal(chainFor(chains, { severity: 'critical', deviceId: 8, category: 'Power' })?.name, 'critical')
  assert.equal(chainFor(chains, { severity: 'info', deviceId: 8, category: '' })?.name, 'device 8')
  assert.equal(chainFor(chains, { severity: 'info', deviceId: 8, category: 'Power/Pumps' })?.name, 'power')
  assert.equal(chainFor(chains, { severity: 'info', deviceId: 7, category: 'Process' })?.name, 'all')
  assert.equal(chainFor(chains.slice(1), { severity: 'info', deviceId: 7, category: '' }), undefined)
})

test('every chain ends: nobody is told more often than it says, the waits never shrink, everybody awake is reached', () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 4 })), {
    minLength: 1,
    maxLength: 4,
  })
  fc.assert(
    fc.property(steps, fc.uniqueArray(fc.integer({ min: 1, max: 4 })), (steps, empty) => {
      const told = people(Object.fromEntries(empty.map((id) => [id, []])))
      const lines = story(chain(steps), told)
      assert.match(lines.at(-1) ?? '', /end$/)
      const wanted = steps.filter(([id]) => !empty.includes(id)).reduce((sum, [, , attempts]) => sum + attempts, 0)
      assert.equal(lines.length - 1, wanted)
    }),
  )
})

test('a storm: the first ones at once, the rest together, nothing dropped', () => {
  for (const limit of [SMS_LIMIT, CHAT_LIMIT]) {
    const sent: { at: number; bundled: boolean }[] = []
    for (let index = 0; index < 500; index++) {
      const now = NOW + index * 20_000
      const count = sent.filter((one) => !one.bundled && one.at > now - limit.window).length
      const bundleAt = sent.find((one) => one.bundled && one.at > now)?.at ?? null
      sent.push(gather(limit, { count, bundleAt }, now))
    }
    assert.equal(sent.length, 500)
    const messages = sent.filter((one) => !one.bundled).length + new Set(sent.filter((one) => one.bundled).map((one) => one.at)).size
    assert.equal(messages, limit.burst + 1)
    assert.ok(sent.every((one) => one.at <= NOW + 500 * 20_000 + limit.window))
  }
})
