import { DriverError } from '#base/errors.ts'
import type { Millis } from '#base/time.ts'
import type { DevicePlan, ProbeReport, ProbeStep, SessionContext } from '../driver.ts'
import { type Found, ProbeSteps, resolveHost } from '../probe-steps.ts'
import { BlockReader, type Reading } from './block-reader.ts'
import type { ModbusConfig, ModbusPoint } from './config.ts'
import { formatAddress } from './core/address.ts'
import { exceptionText } from './core/pdu.ts'
import { DEVICE } from './link-errors.ts'
import type { LinkPool } from './link-pool.ts'
import type { Link } from './link.ts'

type Plan = DevicePlan<ModbusConfig, ModbusPoint>

/** Unit ids that devices with a socket of their own commonly use. */
const USUAL_UNIT_IDS = [1, 255, 0]
const GUESS_TIMEOUT: Millis = 1000

/**
 * Test Connection, step by step: find the host, connect, read. Joins the link that is already open to this gateway, because many
 * devices serve only one connection. Never throws for a device that misbehaves.
 */
export async function probeDevice(
  plan: Plan,
  context: SessionContext,
  pool: LinkPool,
  onStep: (step: ProbeStep) => void,
): Promise<ProbeReport> {
  const steps = new ProbeSteps(context.clock, onStep)
  const { host, port } = plan.config

  const shared = pool.users({ host, port }) > 0
  const link = pool.acquire({ host, port }, context.clock)
  try {
    const found = await steps.run('resolve', () => resolveHost(host, DEVICE))
    const connected = found && (await steps.run('connect', () => connectLink(plan, link, context.signal)))
    const readings = connected && (await steps.run('read', () => readPlan(plan, context, link, shared)))
    return { ok: readings !== undefined, steps: steps.all, values: readings === undefined ? [] : valuesOf(plan, readings) }
  } finally {
    await pool.release(link)
  }
}

async function connectLink(plan: Plan, link: Link, signal: AbortSignal): Promise<Found<true>> {
  const { host, port, connectTimeoutMillis } = plan.config
  if (link.isOpen) return [`Uses the connection to ${host}:${port} that is already open`, true]
  await link.open(connectTimeoutMillis, signal)
  return [`${host}:${port} accepts the connection`, true]
}

async function readPlan(
  plan: Plan,
  context: SessionContext,
  link: Link,
  shared: boolean,
): Promise<readonly [string, ReadonlyMap<number, Reading>]> {
  const reader = readerFor(plan, context, link, plan.config.unitId, plan.device.timeoutMillis)
  try {
    if (plan.points.length === 0) return [await firstWords(plan, reader, context), new Map()]
    const readings = await reader.readAll(context.signal)
    const good = [...readings.values()].filter((reading) => reading.statusCode === null).length
    if (good > 0)
      return [
        good === readings.size ? `${good} of ${good} tags read` : `${good} of ${readings.size} tags read; see the others below`,
        readings,
      ]
    const code = [...readings.values()][0]?.statusCode ?? 0
    throw new DriverError(
      'address',
      `Unit ${plan.config.unitId} answers, but refuses ${plan.points.length === 1 ? 'this address' : 'every address'}: ${exceptionText(code)}`,
      {
        remedy: `Check the address, the unit id (${plan.config.unitId}) and the address offset of the device (${plan.config.addressOffset}).`,
      },
    )
  } catch (thrown) {
    // on a link that others use each silent guess would cost them a reconnect
    if (shared || !(thrown instanceof DriverError) || thrown.fault !== 'timeout') throw thrown
    const unitId = await guessUnitId(plan, context, link)
    if (unitId === undefined) throw thrown
    throw new DriverError('timeout', `${thrown.message}, but unit ${unitId} answers`, {
      cause: thrown,
      remedy: `Set the unit id to ${unitId}.`,
    })
  }
}

/** Reads the heartbeat register of a device without tags; an exception is as good an answer as a value. */
async function firstWords(plan: Plan, reader: BlockReader, context: SessionContext): Promise<string> {
  const { config } = plan
  const reply = await reader.beat(context.signal)
  const name = formatAddress(config.heartbeat, config.addressOffset)
  if (reply.kind === 'data') return `Unit ${config.unitId} answers: ${name} could be read`
  return `Unit ${config.unitId} answers: ${exceptionText(reply.exceptionCode)} for ${name}, so the device is there but has no such register`
}

async function guessUnitId(plan: Plan, context: SessionContext, link: Link): Promise<number | undefined> {
  for (const unitId of USUAL_UNIT_IDS) {
    if (unitId === plan.config.unitId) continue
    try {
      const reply = await readerFor(plan, context, link, unitId, Math.min(GUESS_TIMEOUT, plan.device.timeoutMillis)).beat(context.signal)
      if (reply.kind === 'data' || reply.exceptionCode < 0x0a) return unitId
    } catch (error) {
      // silence is what most guesses meet
      if (!(error instanceof DriverError)) throw error
    }
  }
  return undefined
}

/** A reader that remembers nothing, so that a test sees the device and not our memory of it. */
function readerFor(plan: Plan, context: SessionContext, link: Link, unitId: number, timeoutMillis: Millis): BlockReader {
  const points = plan.points.map(({ tag, point }) => ({ ...point, tagId: tag.id }))
  return new BlockReader(link, { ...plan.config, unitId }, points, timeoutMillis, {
    clock: context.clock,
    recall: () => undefined,
    remember: () => undefined,
  })
}

function valuesOf(plan: Plan, readings: ReadonlyMap<number, Reading>): ProbeReport['values'] {
  return plan.points.flatMap(({ tag, point }) => {
    const reading = readings.get(tag.id)
    if (reading === undefined) return []
    const good = reading.value !== null
    const name = formatAddress(point.address, plan.config.addressOffset)
    const problem = good
      ? null
      : reading.statusCode === null
        ? `${name} holds no number (not a number or infinite): check the data type and byte order`
        : `${name}: ${exceptionText(reading.statusCode)}`
    return [{ tagName: tag.name, value: good ? String(reading.value) : '', good, problem }]
  })
}
