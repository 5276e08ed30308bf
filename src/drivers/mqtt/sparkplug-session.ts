import type { DriverError } from '#base/errors.ts'
import type { Micros, Millis } from '#base/time.ts'
import { QualityFlag, type Sample } from '#domain/sample.ts'
import type { DevicePlan, Session, SessionContext } from '../driver.ts'
import type { MqttPoint, SparkplugConfig } from './config.ts'
import { type CellAddress, cellValue, isDataSet, isTemplate, metricValue, type MetricValue } from './core/metric-value.ts'
import { publishFrame } from './core/publish-frame.ts'
import type { NodeEvent, ReceivedMetric } from './core/sparkplug-node.ts'
import type { Metric } from './core/sparkplug-payload.ts'
import type { Received } from './link.ts'
import type { LinkLease } from './link-pool.ts'
import { problemText } from './problem-text.ts'
import type { HostedNode, NodeListener, SparkplugHost } from './sparkplug-host.ts'

/** An edge node that is there answers a rebirth request well within this; then people are told that it is not. */
const BIRTH_PATIENCE: Millis = 10_000

const NODE_STATES = { unknown: 'not heard of yet', alive: 'alive since its birth', dead: 'dead until its next birth' } as const

/** A Sparkplug edge node itself, or one device behind it. */
export class SparkplugSession implements Session, NodeListener {
  readonly closed: Promise<DriverError | undefined>
  readonly groupId: string
  readonly edgeNodeId: string
  readonly #deviceId: string | null
  readonly #context: SessionContext
  readonly #lease: LinkLease<SparkplugHost>
  readonly #node: HostedNode
  readonly #tags = new Map<string, number[]>()
  readonly #cells = new Map<string, { readonly cell: CellAddress; readonly tagId: number }[]>()
  readonly #close: (error: DriverError | undefined) => void
  #patience: NodeJS.Timeout | undefined
  #born = false
  #absent = false
  #ended = false

  constructor(plan: DevicePlan<SparkplugConfig, MqttPoint>, context: SessionContext, lease: LinkLease<SparkplugHost>) {
    const { groupId, edgeNodeId, deviceId } = plan.config
    this.groupId = groupId
    this.edgeNodeId = edgeNodeId
    this.#deviceId = deviceId
    this.#context = context
    this.#lease = lease
    for (const { tag, point } of plan.points) {
      if (point.kind !== 'metric') continue
      push(this.#tags, point.name, tag.id)
      if (point.cell !== undefined) push(this.#cells, point.cell.metric, { cell: point.cell, tagId: tag.id })
    }
    const { promise, resolve } = Promise.withResolvers<DriverError | undefined>()
    this.closed = promise
    this.#close = resolve
    this.#node = lease.user.join(this)
    if (lease.link.problem !== undefined) this.linkDown(lease.link.problem)
    else if (this.#node.machine.isBorn(deviceId)) this.#catchUp()
    else this.#waitForBirth()
  }

  /** @returns whether something of it has to be safe before it is acknowledged */
  onEvent(event: Exclude<NodeEvent, { kind: 'rebirth' }>): boolean {
    if (event.kind === 'counted') {
      this.count(event.name)
      return false
    }
    if (event.kind === 'died' && event.deviceId === null) {
      this.#died(`The edge node ${this.#name(null)} has gone offline`, 'Check its power, its network and its connection to the broker.')
      return false
    }
    if (event.deviceId !== this.#deviceId) return false
    if (event.kind === 'died')
      this.#died(
        `${this.#name(event.deviceId)} has gone offline, says its edge node`,
        'Check the device and its connection to the edge node.',
      )
    else if (event.kind === 'born') this.#wasBorn()
    else {
      // a node that sends names and types is understood even if it never tells its birth
      if (!this.#born) this.#wasBorn()
      return this.#take(event.metrics)
    }
    return false
  }

  /** The edge node is known to be there although it said nothing. */
  beat(at: Micros): void {
    if (this.#born && !this.#absent && this.#node.machine.isCertain) this.#context.alive(at)
  }

  linkUp(): void {
    this.#waitForBirth()
  }

  linkDown(problem: DriverError): void {
    clearTimeout(this.#patience)
    this.#born = false
    this.#setAbsent(problemText(problem))
  }

  refused(problem: DriverError): void {
    clearTimeout(this.#patience)
    this.#setAbsent(problemText(problem))
  }

  async accepted(): Promise<void> {
    await this.#context.accepted()
  }

  count(name: string, by = 1): void {
    this.#context.count(name, by)
  }

  sawFrame({ topic, payload, qos, retained }: Received): void {
    this.#context.frame('received', publishFrame(topic, payload, qos, retained))
    this.#context.count('bytes_received', payload.length)
  }

  sentFrame(topic: string, payload: Uint8Array): void {
    this.#context.frame('sent', publishFrame(topic, payload, 0, false))
  }

  facts(): Readonly<Record<string, string | number | boolean>> {
    const { machine } = this.#node
    const { link } = this.#lease
    return {
      'Broker connected': link.isUp,
      'Client id': link.clientId,
      'Log-ins so far': link.logins,
      'State of the edge node': NODE_STATES[machine.state],
      'Born now': machine.isBorn(this.#deviceId),
      'Sequence complete': machine.isCertain,
      bdSeq: machine.bdSeq,
      'Devices of the edge node': machine.devices.length,
      'Metrics known': machine.metricsOf(this.#deviceId).length,
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    clearTimeout(this.#patience)
    this.#lease.user.leave(this)
    this.#close(undefined)
    await this.#lease[Symbol.asyncDispose]()
  }

  /** The edge node was born before we came: its newest values are known. */
  #catchUp(): void {
    this.#wasBorn()
    const known = this.#node.machine.metricsOf(this.#deviceId).flatMap(({ last }) => (last === null ? [] : [last]))
    this.#take(known)
  }

  #waitForBirth(): void {
    clearTimeout(this.#patience)
    const name = this.#name(this.#deviceId)
    this.#patience = setTimeout(() => {
      if (!this.#born)
        this.#setAbsent(
          `${name} does not answer. Check that it is connected to this broker, and its group, edge node and device id (upper and lower case count).`,
        )
    }, BIRTH_PATIENCE)
  }

  #wasBorn(): void {
    clearTimeout(this.#patience)
    this.#born = true
    this.#setAbsent(null)
  }

  #died(problem: string, remedy: string): void {
    clearTimeout(this.#patience)
    this.#born = false
    this.#setAbsent(`${problem}. ${remedy}`)
  }

  #setAbsent(problem: string | null): void {
    if (problem === null && !this.#absent) return
    this.#absent = problem !== null
    this.#context.absent(problem)
  }

  #name(deviceId: string | null): string {
    return deviceId === null ? `${this.groupId}/${this.edgeNodeId}` : `${this.groupId}/${this.edgeNodeId}/${deviceId}`
  }

  #take(metrics: readonly ReceivedMetric[]): boolean {
    const samples: Sample[] = []
    for (const one of metrics) {
      if (one.metric.isTransient) this.count('transient_skipped')
      else this.#takeMetric(one.definition.name, one.metric, one.definition.dataType, one, samples)
    }
    if (samples.length > 0) this.#context.emit(samples)
    return samples.length > 0
  }

  #takeMetric(name: string, metric: Metric, dataType: number, received: ReceivedMetric, into: Sample[]): void {
    if (isDataSet(metric.value)) {
      const cells = this.#cells.get(name)
      if (cells === undefined) return this.count('datasets_skipped')
      for (const { cell, tagId } of cells) {
        const found = cellValue(metric.value, cell)
        if (found === undefined) this.count('datasets_skipped')
        else into.push(sampleOf(tagId, found, received))
      }
      return
    }
    if (isTemplate(metric.value)) {
      for (const member of metric.value.metrics) this.#takeMetric(`${name}/${member.name}`, member, member.dataType, received, into)
      return
    }
    const tagIds = this.#tags.get(name)
    if (tagIds === undefined) return
    const value = metricValue(metric, metric.dataType === 0 ? dataType : metric.dataType)
    for (const tagId of tagIds) into.push(sampleOf(tagId, value, received))
  }
}

function sampleOf(tagId: number, { value, quality }: MetricValue, { at, timeSubstituted, metric, late }: ReceivedMetric): Sample {
  let marked = quality
  if (timeSubstituted) marked |= QualityFlag.TimeSubstituted
  if (metric.isHistorical || late) marked |= QualityFlag.Historical
  return { tagId, sourceTimestamp: at, value, quality: marked, statusCode: null }
}

function push<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}
