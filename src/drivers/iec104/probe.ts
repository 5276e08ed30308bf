import type { Socket } from 'node:net'
import { DriverError } from '#base/errors.ts'
import type { Millis } from '#base/time.ts'
import { severityOf } from '#domain/sample.ts'
import type { ProbeReport, ProbeStep, SessionContext } from '../driver.ts'
import { nameOf, openTcp } from '../open-tcp.ts'
import { type Found, ProbeSteps, resolveHost } from '../probe-steps.ts'
import { UFunction, encodeU, takeFrames } from './core/apci.ts'
import { formatAddress, partOf } from './core/address.ts'
import { qualityWords } from './core/quality-words.ts'
import { STATION, notStartedError } from './link-errors.ts'
import type { Iec104Plan, Iec104Session } from './session.ts'

/** Nobody waits in front of a form for t1 of a slow line. */
const LONGEST_ANSWER: Millis = 10_000

/**
 * Test Connection without disturbing anybody: over our own live link where there is one, else a connection and a test frame. STARTDT is
 * never sent, because it would take the link away from whoever holds it: so values show only over a live link.
 */
export async function probeStation(
  plan: Iec104Plan,
  context: SessionContext,
  live: Iec104Session | undefined,
  onStep: (step: ProbeStep) => void,
): Promise<ProbeReport> {
  const steps = new ProbeSteps(context.clock, onStep)

  if (live !== undefined) {
    const ok = await steps.run('link', async () => readLive(live, await live.test()))
    const read = ok === true && plan.points.length > 0 ? await steps.run('read', async () => readTags(plan, live)) : ok
    return { ok: ok === true && read !== undefined, steps: steps.all, values: ok === true ? valuesOf(plan, live) : [] }
  }
  const found = await steps.run('resolve', () => resolveHost(plan.config.host, STATION))
  const socket = found && (await steps.run('connect', () => connectStation(plan, context)))
  if (socket === undefined) return { ok: false, steps: steps.all, values: [] }
  try {
    const answered = await steps.run('test frame', () => testFrame(plan, context, socket))
    return { ok: answered === true, steps: steps.all, values: [] }
  } finally {
    socket.destroy()
  }
}

function readLive(live: Iec104Session, millis: Millis): readonly [string, true] {
  const facts = live.facts()
  const problem = facts['What does not fit']
  if (problem !== undefined) {
    throw new DriverError('protocol', `The link is up and answers within ${millis} ms, but something does not fit`, {
      remedy: String(problem),
    })
  }
  const { view } = live.station
  const objects = `${view.size} ${view.size === 1 ? 'object' : 'objects'} reported so far under common address ${view.commonAddresses.join(', ')}`
  return [
    `Uses the live link of this device: the station answers a test frame within ${millis} ms; ${view.size === 0 ? 'nothing reported yet' : objects}`,
    true,
  ]
}

/** @throws DriverError when nothing that the tags want was ever reported */
function readTags(plan: Iec104Plan, live: Iec104Session): readonly [string, true] {
  const seen = valuesOf(plan, live).filter(({ problem }) => problem === null).length
  if (seen > 0) return [`${seen} of ${plan.points.length} tags have been reported`, true]
  const addresses = live.station.view.commonAddresses
  throw new DriverError('address', 'The station has reported none of these addresses', {
    remedy: `Compare the object addresses with the point list of the station; it reports under common address ${addresses.join(', ') || 'none yet'}.`,
  })
}

function valuesOf(plan: Iec104Plan, live: Iec104Session): ProbeReport['values'] {
  return plan.points.map(({ tag, point }) => {
    const seen = live.station.view.find(point.commonAddress, point.objectAddress, point.group)
    const name = formatAddress(point)
    if (seen === undefined) return { tagName: tag.name, value: '', good: false, problem: `${name} was never reported` }
    const value = partOf(seen, seen.type.group, point.part)
    if (value === undefined) {
      return { tagName: tag.name, value: '', good: false, problem: `${name}: the type ${seen.type.name} has no ${String(point.part)}` }
    }
    const good = severityOf(seen.quality) === 0
    return {
      tagName: tag.name,
      value: value === null ? '' : String(value),
      good,
      problem: good ? null : `${name}: ${qualityWords(seen.quality)}`,
    }
  })
}

async function connectStation({ config }: Iec104Plan, context: SessionContext): Promise<Found<Socket>> {
  const socket = await openTcp(config, STATION, Math.min(config.t0 * 1000, LONGEST_ANSWER), context.signal)
  return [`${nameOf(config)} accepts the connection`, socket]
}

/** @throws DriverError when something else than a test frame comes back, or nothing */
async function testFrame({ config }: Iec104Plan, context: SessionContext, socket: Socket): Promise<Found<true>> {
  const { promise, resolve, reject } = Promise.withResolvers<true>()
  const patience = Math.min(config.t1 * 1000, LONGEST_ANSWER)
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(patience)])
  const silent = (): void => reject(notStartedError(config, `it does not answer a test frame within ${patience / 1000} s`))
  let rest: Uint8Array = new Uint8Array(0)
  signal.addEventListener('abort', silent, { once: true })
  socket.on('close', () => reject(notStartedError(config, 'it closes it at once')))
  socket.on('data', (chunk) => {
    const taken = takeFrames(Buffer.concat([rest, typeof chunk === 'string' ? Buffer.from(chunk) : chunk]))
    rest = taken.rest
    if (taken.frames.some((frame) => frame.kind === 'U' && frame.uFunction === UFunction.TestFrCon)) resolve(true)
    if (taken.broken === null) return
    reject(
      new DriverError('protocol', `${nameOf(config)} does not speak IEC 60870-5-104: ${taken.broken}`, {
        remedy: 'Check the port: 2404 on nearly all stations.',
      }),
    )
  })
  const bytes = encodeU(UFunction.TestFrAct)
  context.frame('sent', bytes)
  socket.write(bytes)
  try {
    await promise
  } finally {
    signal.removeEventListener('abort', silent)
  }
  return [
    'The station answers a test frame. The data transfer was not started, so as not to take the link from another controlling station: ' +
      'values show once the device is saved and enabled',
    true,
  ]
}
