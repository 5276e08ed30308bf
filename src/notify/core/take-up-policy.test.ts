import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ChainSnapshot } from '#domain/escalation.ts'
import { escalate, type Told } from './escalate.ts'
import { takeUpPolicy, type Underway } from './take-up-policy.ts'

const NOW = 1_800_000_000_000_000
const MINUTE = 60_000_000

type Step = readonly [group: number, wait?: number, attempts?: number]

function chain(steps: readonly Step[], change: Partial<ChainSnapshot> = {}): ChainSnapshot {
  const all = steps.map(([groupId, waitMinutes = 5, attempts = 1]) => ({ groupId, groupName: `G${groupId}`, waitMinutes, attempts }))
  return { chainId: 1, name: 'Night', onClear: 'continue', maxAgeMinutes: 4320, repeatMinutes: 60, steps: all, ...change }
}

function underway(of: ChainSnapshot | null, change: Partial<Underway> = {}): Underway {
  return {
    state: 'open',
    chain: of,
    step: 0,
    tries: 1,
    passed: [],
    begun: false,
    attempt: 1,
    nextActionAt: NOW + 5 * MINUTE,
    untold: false,
    ...change,
  }
}

const EVERYBODY: Told = {
  membersOf: (id) => ({
    contacts: [
      {
        id,
        name: `C${id}`,
        enabled: true,
        minSeverity: 'info',
        deviceIds: null,
        categories: null,
        addresses: [{ channel: 'sms', address: '1', problem: null }],
      },
    ],
    offDuty: [],
  }),
  quietUntil: () => undefined,
}

/** Moves on as the engine does. @returns who is told */
function move(of: Underway, now: number): { readonly group: number | undefined; readonly after: Underway } {
  const { chain: current } = of
  assert.ok(current)
  const again = of.state === 'exhausted'
  const progress = again ? { step: 0, tries: 0, declined: [], passed: [] } : { ...of, declined: [] }
  const done = escalate(
    { severity: 'critical', deviceId: 1, category: '', chain: current, progress, channels: new Set(['sms']), failing: new Set(), now },
    EVERYBODY,
  )
  const { step, tries, passed } = done.progress
  const rest = { ...of, step, tries, passed, attempt: of.attempt + 1 }
  if (done.kind === 'exhausted')
    return { group: undefined, after: { ...rest, state: 'exhausted', nextActionAt: now + current.repeatMinutes * MINUTE } }
  return { group: current.steps[step]?.groupId, after: { ...rest, state: 'open', nextActionAt: done.nextAt } }
}

/** Everything that comes, in minutes, until the round is over. */
function story(begin: Underway, limit = 60): string[] {
  const lines: string[] = []
  let at = begin
  for (let moves = 0; moves < limit; moves++) {
    const now = at.nextActionAt ?? NOW
    const { group, after } = move(at, now)
    lines.push(`${(now - NOW) / MINUTE} ${group === undefined ? 'end' : `C${group}`}`)
    if (group === undefined) return lines
    at = after
  }
  return lines
}

function taken(current: Underway, fresh: ChainSnapshot): Underway {
  const after = takeUpPolicy(current, fresh, NOW)
  assert.ok(after)
  return { ...current, ...after }
}

test('who was told is not told again; the others follow in the new order, and the wait is the new one', () => {
  const begun = underway(chain([[1], [2]]))
  assert.deepEqual(story(taken(begun, chain([[1, 20], [3], [2]]))), ['20 C3', '25 C2', '30 end'])
  assert.deepEqual(story(taken(begun, chain([[3], [1], [2]]))), ['5 C3', '10 C2', '15 end'], 'somebody stands before it now')
  assert.deepEqual(story(taken(begun, chain([[1, 5, 3], [2]]))), ['5 C1', '15 C1', '35 C2', '40 end'], 'it is told as often as now written')
  assert.deepEqual(story(taken(begun, chain([[3]]))), ['5 C3', '10 end'], 'who is taken out still has the time to answer')
  assert.deepEqual(story(taken({ ...begun, nextActionAt: NOW + 50 * MINUTE, chain: chain([[1, 60]]) }, chain([[1], [2]])))[0], '0 C2')
  assert.deepEqual(story(taken({ ...begun, step: 1 }, chain([[1, 5, 4]]))), ['5 end'], 'a step that is over stays over')
})

test('a chain that had ended goes on at once where somebody new is told, and begins anew by the new clock', () => {
  const ended = underway(chain([[1]]), { state: 'exhausted', step: 1, tries: 0, nextActionAt: NOW + 30 * MINUTE })
  assert.deepEqual(story(taken(ended, chain([[1], [2]]))), ['0 C2', '5 end'])
  const nobodyNew = taken(ended, chain([[1, 9]], { repeatMinutes: 120 }))
  assert.deepEqual([nobodyNew.state, nobodyNew.nextActionAt], ['exhausted', NOW + 90 * MINUTE])
  assert.deepEqual(story(nobodyNew).slice(0, 1), ['90 C1'])
  assert.equal(taken(ended, chain([[1]], { repeatMinutes: 0 })).nextActionAt, null)
})

test('without a chain: everybody was told once, and now a chain begins; what had not begun only changes its chain', () => {
  const told = underway(null, { tries: 0, nextActionAt: null })
  assert.deepEqual(story(taken(told, chain([[1]]))), ['0 C1', '5 end'])
  assert.equal(taken(told, chain([[1]])).begun, true)
  const cooling = underway(null, { tries: 0, attempt: 1 })
  assert.deepEqual([taken(cooling, chain([[1]])).begun, taken(cooling, chain([[1]])).nextActionAt], [false, NOW + 5 * MINUTE])
})

test('the same policy, or none that fits any more, changes nothing', () => {
  const begun = underway(chain([[1], [2]]))
  assert.equal(takeUpPolicy(begun, chain([[1], [2]]), NOW), undefined)
  assert.equal(takeUpPolicy(begun, null, NOW), undefined)
  assert.equal(takeUpPolicy(taken(begun, chain([[3]])), chain([[3]]), NOW), undefined, 'nor does the same once more')
})

test('taken up anew at any moment, as often as one likes: no step twice, nobody of the last policy left out, and it ends', () => {
  const steps = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 3 })), {
    selector: ([group]) => group,
    maxLength: 5,
  })
  const changes = fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), steps), { maxLength: 4 })
  fc.assert(
    fc.property(steps, changes, (first, changes) => {
      let at = underway(chain(first), { tries: 0, attempt: 0, nextActionAt: NOW })
      let now = NOW
      let attempts = new Map(first.map(([group, , most]) => [group, most]))
      const told = new Map<number, number>()
      const over = new Set<number>()
      const moves = (most: number): void => {
        for (let count = 0; count < most && at.state === 'open'; count++) {
          now = Math.max(now, at.nextActionAt ?? now)
          const { group, after } = move(at, now)
          at = after
          if (group === undefined) continue
          assert.ok(!over.has(group), `G${group} had been told as often as was written`)
          told.set(group, (told.get(group) ?? 0) + 1)
          assert.ok((told.get(group) ?? 0) <= (attempts.get(group) ?? 0))
        }
      }
      for (const [after, next] of changes) {
        moves(after)
        const waiting = at.state === 'open' && at.tries > 0 ? at.chain?.steps[at.step]?.groupId : undefined
        const fresh = takeUpPolicy(at, chain(next), now)
        if (fresh === undefined) continue
        for (const group of told.keys()) if (group !== waiting) over.add(group)
        attempts = new Map(next.map(([group, , most]) => [group, most]))
        at = { ...at, ...fresh }
        assert.ok(at.nextActionAt === null || at.nextActionAt >= now, 'never in the past')
      }
      moves(100)
      assert.equal(at.state, 'exhausted', 'it ends')
      for (const { groupId } of at.chain?.steps ?? []) assert.ok(told.has(groupId), `G${groupId} was told`)
    }),
    { numRuns: 1000 },
  )
})

test('a chain that ended since nobody could be told begins anew at once, whether or not it ever repeats', () => {
  const ended = underway(chain([[1], [2]], { repeatMinutes: 0 }), {
    state: 'exhausted',
    step: 2,
    tries: 0,
    untold: true,
    nextActionAt: NOW + 9 * MINUTE,
  })
  const taken = takeUpPolicy(ended, chain([[1], [2]], { repeatMinutes: 0, name: 'Day' }), NOW)
  assert.deepEqual([taken?.state, taken?.nextActionAt, taken?.next, taken?.passed], ['exhausted', NOW, 'G1', []])
  assert.equal(
    takeUpPolicy({ ...ended, untold: false, nextActionAt: null }, chain([[1], [2]], { repeatMinutes: 0, name: 'Day' }), NOW)?.nextActionAt,
    null,
  )
})
