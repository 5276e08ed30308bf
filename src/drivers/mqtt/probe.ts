import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import { DriverError } from '#base/errors.ts'
import type { Millis } from '#base/time.ts'
import { QualityFlag, QualitySeverity, hasFlag, type Sample, severityOf } from '#domain/sample.ts'
import type { ProbeReport, ProbeStep, Session, SessionContext } from '../driver.ts'
import { openTcp } from '../open-tcp.ts'
import { type Found, ProbeSteps, resolveHost } from '../probe-steps.ts'
import type { BrokerConfig } from './broker-config.ts'
import { CONNECT_TIMEOUT, startTls } from './broker-socket.ts'
import { brokerOf, Connections, type MqttPlan } from './connections.ts'
import { BROKER, describeCertificate } from './link-errors.ts'
import type { Link } from './link.ts'

/** How long Test Connection listens for a first message or birth. */
const LISTEN: Millis = 12_000

interface Heard {
  readonly samples: Map<number, Sample>
  messages: number
  problem: string | null
}

/**
 * Test Connection, step by step: find the host, connect, shake hands, log in, subscribe, listen. It comes as a client of its own, so that
 * the live connection is neither used nor thrown out. Never throws for a broker or node that misbehaves.
 */
export async function probeBroker(plan: MqttPlan, context: SessionContext, onStep: (step: ProbeStep) => void): Promise<ProbeReport> {
  const { config } = brokerOf(plan)
  const steps = new ProbeSteps(context.clock, onStep)
  const done = (samples: ReadonlyMap<number, Sample>): ProbeReport => ({
    ok: steps.all.every((step) => step.ok),
    steps: steps.all,
    values: valuesOf(plan, samples),
  })

  if ((await steps.run('resolve', async () => await resolveHost(config.host, BROKER))) === undefined) return done(new Map())
  if ((await steps.run('connect', async () => await tryTcp(config, context.signal))) === undefined) return done(new Map())
  if (config.tls && (await steps.run('tls', async () => await tryTls(config, context.signal))) === undefined) return done(new Map())
  const heard: Heard = { samples: new Map(), messages: 0, problem: null }
  const visitor = visitorOf(context, heard)
  const connections = new Connections({ visiting: true })
  const joined = await steps.run('login', async () => await login(plan, visitor, connections))
  if (joined === undefined) return done(new Map())
  try {
    if ((await steps.run('subscribe', async () => await subscribed(plan, heard))) === undefined) return done(new Map())
    await steps.run('receive', async () => await listen(plan, context, heard))
    return done(heard.samples)
  } finally {
    await joined.session[Symbol.asyncDispose]()
  }
}

async function tryTcp(config: BrokerConfig, signal: AbortSignal): Promise<Found<true>> {
  const socket = await openTcp(config, BROKER, CONNECT_TIMEOUT, signal)
  socket.destroy()
  return [`${config.host}:${config.port} accepts the connection`, true]
}

async function tryTls(config: BrokerConfig, signal: AbortSignal): Promise<Found<true>> {
  let tcp: Socket | undefined
  let tls: TLSSocket | undefined
  try {
    tcp = await openTcp(config, BROKER, CONNECT_TIMEOUT, signal)
    tls = await startTls(config, tcp, signal)
    const whose = `${tls.getProtocol() ?? 'TLS'}; the certificate is that of ${describeCertificate(tls.getPeerCertificate(true))}`
    return [config.verify ? whose : `${whose}; it is not checked`, true]
  } finally {
    tls?.destroy()
    tcp?.destroy()
  }
}

async function login(
  plan: MqttPlan,
  visitor: SessionContext,
  connections: Connections,
): Promise<readonly [string, { session: Session; link: Link }]> {
  const joined = await connections.join(plan, visitor)
  try {
    await joined.link.settled(visitor.signal)
    if (joined.link.problem !== undefined) throw joined.link.problem
  } catch (error) {
    await joined.session[Symbol.asyncDispose]()
    throw error
  }
  const { username } = brokerOf(plan).config
  return [`The broker lets ${username === '' ? 'us' : `"${username}"`} in`, joined]
}

/** Refusals come with the answer to the subscription, which is before the login counts as settled. */
async function subscribed(plan: MqttPlan, heard: Heard): Promise<Found<true>> {
  if (heard.problem !== null) throw new DriverError('auth', heard.problem)
  if (plan.config.kind === 'sparkplug') return [`Subscribed to ${plan.config.groupId}/${plan.config.edgeNodeId}`, true]
  const topics = new Set(plan.points.map(({ point }) => (point.kind === 'topic' ? point.filter : '')))
  return [
    topics.size === 0
      ? 'There is no tag yet, so nothing was subscribed'
      : `Subscribed to ${topics.size === 1 ? [...topics].join('') : `${topics.size} topics`}`,
    true,
  ]
}

async function listen(plan: MqttPlan, context: SessionContext, heard: Heard): Promise<Found<true>> {
  const { config, points } = plan
  if (config.kind === 'topics' && points.length === 0) return ['Browse the broker to see its topics', true]
  const started = context.clock.mono()
  const enough = (): boolean => (points.length > 0 ? heard.samples.size >= points.length : heard.messages > 0)
  while (!enough() && context.clock.mono() - started < LISTEN && !context.signal.aborted) await pause(50)
  if (config.kind === 'sparkplug') return birthReport(plan, heard)
  if (heard.samples.size === 0) {
    throw new DriverError(
      'timeout',
      heard.messages === 0 ? `No message within ${LISTEN / 1000} s` : 'Messages came, but none with a value for a tag',
      {
        remedy:
          'Check the topic (upper and lower case count), or browse the broker to see what it carries. A device that sends seldom may just be silent.',
      },
    )
  }
  const retained = [...heard.samples.values()].filter((sample) => hasFlag(sample.quality, QualityFlag.Retained)).length
  const note = retained === 0 ? '' : `; ${retained} of them kept by the broker, of unknown age`
  return [`${heard.samples.size} of ${points.length} tags have a value${note}`, true]
}

function birthReport({ config, points }: MqttPlan, heard: Heard): readonly [string, true] {
  if (config.kind !== 'sparkplug') return ['', true]
  const name = `${config.groupId}/${config.edgeNodeId}${config.deviceId === null ? '' : `/${config.deviceId}`}`
  if (heard.problem !== null) throw new DriverError('timeout', heard.problem)
  if (heard.messages === 0) {
    throw new DriverError('timeout', `${name} did not answer a request for its birth within ${LISTEN / 1000} s`, {
      remedy: 'Check that it is connected to this broker, and its group, edge node and device id (upper and lower case count).',
    })
  }
  return [
    points.length === 0 ? `${name} has been born` : `${name} has been born; ${heard.samples.size} of ${points.length} tags have a value`,
    true,
  ]
}

function visitorOf(context: SessionContext, heard: Heard): SessionContext {
  return {
    ...context,
    emit: (samples) => {
      for (const sample of samples) heard.samples.set(sample.tagId, sample)
    },
    accepted: async () => undefined,
    alive: () => void heard.messages++,
    absent: (problem) => void (heard.problem = problem),
    recall: () => undefined,
    remember: () => undefined,
    recalled: () => [],
    frame: () => undefined,
    count: () => undefined,
  }
}

function valuesOf(plan: MqttPlan, samples: ReadonlyMap<number, Sample>): ProbeReport['values'] {
  return plan.points.flatMap(({ tag }) => {
    const sample = samples.get(tag.id)
    if (sample === undefined) return []
    const good = severityOf(sample.quality) !== QualitySeverity.Bad && sample.value !== null
    return [
      {
        tagName: tag.name,
        value: good ? String(sample.value) : '',
        good,
        problem: good ? null : 'What came is no such value: check path, type and address',
      },
    ]
  })
}
