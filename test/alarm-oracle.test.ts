import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CLOCK_PROPERTIES } from './support/alarm-clock-properties.ts'
import { CORE, withFault } from './support/alarm-core.ts'
import { RULE_PROPERTIES } from './support/alarm-rule-properties.ts'

const PROPERTIES = { ...RULE_PROPERTIES, ...CLOCK_PROPERTIES }

for (const [name, property] of Object.entries(PROPERTIES)) {
  test(`${name}: events are those of its meaning`, () => fc.assert(property(CORE), { numRuns: 400 }))
}

/** Mistakes in the engine itself, each as the text of a file and what stands there instead. */
const FAULTS: readonly (readonly [property: keyof typeof PROPERTIES, what: string, file: string, says: string, instead: string])[] = [
  [
    'threshold',
    'a return exactly at the end of the delay comes too late',
    'step.ts',
    'const ended = expire(state, rule, at, false)',
    'const ended = expire(state, rule, at, true)',
  ],
  ['threshold', 'a delay goes on without evidence', 'step.ts', 'state.since += Math.max(0, at - state.frozenAt)', ''],
  [
    'threshold',
    'a dip does not end the delay',
    'step.ts',
    'if (on) return expire(state, delays, at, true)\n      state.condition = Condition.Normal',
    'return expire(state, delays, at, true)',
  ],
  [
    'threshold',
    'a raise within the off-delay does not end it',
    'step.ts',
    'if (!on) return expire(state, delays, at, true)\n      state.condition = Condition.Active',
    'return expire(state, delays, at, true)',
  ],
  [
    'threshold',
    'delays are not ended by the clock',
    'evaluate.ts',
    'const ended = expire(rule.state, rule.judged, by, true)',
    'const ended = undefined',
  ],
  ['threshold', 'an edit does not judge anew', 'configure.ts', 'if (judgedBy.line !== lineOf(rule)) judgeMoved', 'if (false) judgeMoved'],
  [
    'threshold',
    'the deadband of the old line holds beyond the new one',
    'configure.ts',
    'isHeld(state) && !verdict(judged, value, false)',
    'isHeld(state) && !verdict(judged, value, true)',
  ],
  [
    'threshold',
    'the delay of the old line counts for the new one',
    'configure.ts',
    "if (state.condition === 'pending_on') state.condition = 'normal'",
    '',
  ],
  [
    'threshold',
    'a longer delay leaves what stands',
    'configure.ts',
    'clock - start < Math.round(judged.onDelaySeconds * 1_000_000)',
    'false',
  ],
  ['threshold', 'a shorter delay is not looked at', 'configure.ts', 'due <= (state.frozenAt ?? clock)', 'false'],
  ['threshold', 'an edit lets a delay go on without evidence', 'configure.ts', 'state.frozenAt = clock\n', '{}\n'],
  ['threshold', 'an edit while the engine is down is not seen', 'configure.ts', '    a.line === lineOf(b) &&\n', ''],
  [
    'threshold',
    'a restart forgets the delay',
    'configure.ts',
    'current.state = { ...before.state }',
    'current.state.condition = before.state.condition',
  ],
  [
    'threshold',
    'the quiet band outlives an edit',
    'configure.ts',
    'current.judged = judgedOf(rule)\n  endQuiet(current.tag)',
    'current.judged = judgedOf(rule)',
  ],
  ['threshold', 'delays of a device end by our clock', 'evaluate.ts', 'const by = until - lagOf(rule)\n', 'const by = until\n'],
  ['threshold', 'a restart forgets how far a clock is behind', 'saved-memory.ts', '    device.lag = lag\n', ''],
  ['threshold', 'an edit is of our time', 'configure.ts', 'const clock = now - lagOf(current)', 'const clock = now'],
  [
    'threshold',
    'no answer ends a delay by our clock',
    'live-gate.ts',
    'Math.min(stamp, receivedAt) - tag.lag',
    'Math.min(stamp, receivedAt)',
  ],
  ['threshold', 'what stands is never looked at again', 'quiet-band.ts', 'Math.max(tag.quietFrom, setpoint - deadband)', 'tag.quietFrom'],
  [
    'digital',
    'bits beyond the 31st are lost',
    'signal.ts',
    'const shifted = Math.floor(value / 2 ** bit)',
    'const shifted = bit > 30 ? 0 : Math.floor(value / 2 ** bit)',
  ],
  ['digital', 'moments do not end', 'judge.ts', "  tell('clear')\n", ''],
  ['digital', 'the end of a moment is told', 'judge.ts', "if (crossing.kind !== 'raise') return\n", ''],
  ['digital', 'each state but 1 is off', 'signal.ts', 'return Number(value) === 0 ? 0 : 1', 'return Number(value) === 1 ? 1 : 0'],
  ['rate_of_change', 'a change across a gap', 'judge-reading.ts', 'if (tag.windows.size > 0)', 'if (value !== undefined)'],
  [
    'rate_of_change',
    'a change of a moment is one of a minute',
    'signal.ts',
    "if (rule.kind === 'rate_of_change') return 0.5",
    "if (rule.kind === 'rate_of_change') return 0",
  ],
  [
    'rate_of_change',
    'the change is spread over the whole window from the start',
    'signal.ts',
    'window.perMinute(at, minCoverOf(rule))',
    '(60 * window.change(at, minCoverOf(rule))) / (window.span / 1_000_000)',
  ],
  [
    'rate_of_change',
    'it is not looked at while the window fills',
    'look.ts',
    'return Math.min(next, tag.newest',
    'return Math.max(next, tag.newest',
  ],
  ['rate_of_change', 'a restart empties the window', 'saved-memory.ts', '      window.restore(kept)\n', ''],
  [
    'totalizer',
    'the amount does not fall by time alone',
    'look.ts',
    "return window.nextChange(at, 'increase_over', minCoverOf(rule)) ?? null",
    'return null',
  ],
  ['totalizer', 'what stands is not looked at', 'look.ts', " && rule.state.condition === 'normal'", ''],
  ['totalizer', 'too little is told of half a window', 'signal.ts', "rule.operator === '>=' ? 0 : 1", "rule.operator === '>=' ? 0 : 0.5"],
  [
    'totalizer',
    'an edit empties the window',
    'configure.ts',
    '  if (known !== undefined) return known\n  const window = windowOf(key, rule.windowSeconds',
    '  const window = windowOf(key, rule.windowSeconds',
  ],
  ['bad_quality', 'no answer is bad quality', 'judge-reading.ts', 'tag.heard = !isOnlyLost(sample)', 'tag.heard = true'],
  [
    'bad_quality',
    'no answer is good quality',
    'signal.ts',
    'return heard ? Number(severity === QualitySeverity.Bad) : undefined',
    'return Number(heard && severity === QualitySeverity.Bad)',
  ],
  ['bad_quality', 'a restart takes no answer for bad quality', 'saved-memory.ts', 'tag.heard = !unheard', 'tag.heard = true'],
  [
    'bad_quality',
    'an edit does not know the quality',
    'signal.ts',
    "if (rule.rule.kind === 'bad_quality') return qualitySignal(rule.tag)\n  if",
    'if',
  ],
  [
    'stale',
    'a source that was away floods',
    'evaluate.ts',
    'if (before === null || receivedAt > before + AWAY_AFTER)',
    'if (before === null)',
  ],
  ['stale', 'no answer is a sign of life', 'judge-reading.ts', 'if (!rule.tag.heard) return\n', ''],
  [
    'stale',
    'it stands for ever',
    'judge-reading.ts',
    'if (isStanding(rule.state)) emit(memory, rule, clear(rule.state, at), value, clock, outcome)',
    '',
  ],
  [
    'stale',
    'it is raised again and again',
    'look.ts',
    'if (tag.newest === null || isStanding(rule.state)) return null',
    'if (tag.newest === null) return null',
  ],
  ['stale', 'a restart is a sign of life', 'saved-memory.ts', 'source.upSince = saved.upSince', 'source.upSince = saved.clock ?? 0'],
  ['stale', 'a longer limit leaves what stands', 'configure.ts', 'clock < tag.newest + limit', 'false'],
  ['stale', 'a shorter limit raises before it was so', 'configure.ts', 'Math.max(current.lookAt, clock)', 'current.lookAt'],
  [
    'streak',
    'one failure more than allowed',
    'communication-loss.ts',
    'failures >= rule.rule.count === standing',
    'failures > rule.rule.count === standing',
  ],
  ['streak', 'fewer failures end it', 'communication-loss.ts', 'else if (failures === 0) emit', 'else emit'],
  ['streak', 'an edit waits for the next poll', 'configure.ts', 'formerCount !== rule.count', 'false'],
  ['streak', 'a restart forgets the failures', 'saved-memory.ts', 'device.failures = failures', 'device.failures = null'],
  ['hostClock', 'a clock put back makes readings old', 'evaluate.ts', '    tag.newest = tag.future = null\n    if (far)', '    if (far)'],
  [
    'hostClock',
    'only a clock put far back counts',
    'evaluate.ts',
    'else if (receivedAt < before) {',
    'else if (receivedAt < before - STEP_BACK) {',
  ],
  ['hostClock', 'a delay waits for the old clock', 'evaluate.ts', 'rule.state.since = Math.min(rule.state.since, clock)', ''],
  [
    'hostClock',
    'timers wait for the old clock',
    'evaluate.ts',
    '    rule.armedFor = null\n    memory.changed.add(rule)\n    armDelay(rule, source)',
    '    memory.changed.add(rule)',
  ],
  [
    'hostClock',
    'events go back in time',
    'step.ts',
    'const when = Math.max(at, state.lastAt ?? at)\n  state.condition = Condition.Normal',
    'const when = at\n  state.condition = Condition.Normal',
  ],
  [
    'deviceClock',
    'a clock that was put back makes blind',
    'live-gate.ts',
    'for (const tag of device.tags) tag.newest = tag.future = null',
    '',
  ],
  ['deviceClock', 'a clock that is an hour ahead is believed', 'live-gate.ts', 'if (stamp > receivedAt + CLOCK_TOLERANCE)', 'if (false)'],
  [
    'deviceClock',
    'one that is less ahead than before makes blind',
    'live-gate.ts',
    "stamp <= tag.future) return 'older'",
    "stamp <= tag.future) return 'known'",
  ],
  [
    'deviceClock',
    'what was told meanwhile is lost',
    'evaluate.ts',
    'const held = [...device.held.values(), ...samples]',
    'const held = samples',
  ],
  [
    'late',
    'what is older counts',
    'live-gate.ts',
    "if (tag.newest !== null && stamp <= tag.newest) return 'older'",
    "if (stamp === tag.newest) return 'older'",
  ],
  ['late', 'what is told again counts', 'live-gate.ts', 'stamp <= tag.newest) return', 'stamp < tag.newest) return'],
  ['late', 'what is replayed counts', 'live-gate.ts', "if (hasFlag(sample.quality, QualityFlag.Historical)) return 'known'", ''],
  ['buffered', 'a buffer is not late', 'judge.ts', 'clock - crossing.at > LATE_AFTER', 'false'],
  [
    'buffered',
    'only the last of a buffer is judged',
    'evaluate.ts',
    'for (const sample of delivery.readings) {',
    'for (const sample of delivery.readings.slice(-1)) {',
  ],
  [
    'buffered',
    'delays end by the arrival',
    'evaluate.ts',
    '  let older: Map<DeviceMemory, Sample[]> | undefined\n',
    '  let older: Map<DeviceMemory, Sample[]> | undefined\n  passTime(memory, source, clock, outcome)\n',
  ],
]

test(`each of ${FAULTS.length} faults planted in the engine is found`, async () => {
  const hidden: string[] = []
  for (const [name, what, file, says, instead] of FAULTS) {
    // it ends with the first history that tells: only what is rare takes many
    const core = await withFault({ file, says, instead })
    const { failed } = await fc.check(PROPERTIES[name](core), { numRuns: 50_000, endOnFailure: true })
    if (!failed) hidden.push(`${name}: ${what}`)
  }
  assert.deepEqual(hidden, [])
})
