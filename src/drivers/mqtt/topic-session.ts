import type { DriverError } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import { packQuality, QualityFlag, QualityReason, type Sample, QualitySeverity, severityOf } from '#domain/sample.ts'
import type { DevicePlan, Session, SessionContext } from '../driver.ts'
import type { MqttPoint, TopicsConfig } from './config.ts'
import { extract, type Extractor, type OpenedPayload } from './core/extract.ts'
import { publishFrame } from './core/publish-frame.ts'
import type { Received } from './link.ts'
import type { LinkLease } from './link-pool.ts'
import { problemText } from './problem-text.ts'
import type { TopicHub, TopicMember, TopicRoute } from './topic-hub.ts'

const OF_UNKNOWN_AGE = packQuality(QualitySeverity.Uncertain, QualityReason.NotTopical)
const FORBIDDEN = packQuality(QualitySeverity.Bad, QualityReason.BadAddress)

/** A device of plain topics. */
export class TopicSession implements Session, TopicMember {
  readonly closed: Promise<DriverError | undefined>
  readonly routes: readonly TopicRoute[]
  readonly qos: 0 | 1
  readonly #context: SessionContext
  readonly #lease: LinkLease<TopicHub>
  readonly #close: (error: DriverError | undefined) => void
  #ended = false
  #down = false
  #received = 0

  constructor(plan: DevicePlan<TopicsConfig, MqttPoint>, context: SessionContext, lease: LinkLease<TopicHub>) {
    this.#context = context
    this.#lease = lease
    this.qos = plan.config.qos
    const byFilter = Map.groupBy(
      plan.points.flatMap(({ tag, point }) => (point.kind === 'topic' ? [{ tagId: tag.id, ...point }] : [])),
      ({ filter }) => filter,
    )
    this.routes = [...byFilter].map(([filter, tags]) => ({
      member: this,
      filter,
      wantsJson: tags.some(({ extractor }) => extractor.path !== null || extractor.timePath !== null),
      tags,
      live: false,
    }))
    const { promise, resolve } = Promise.withResolvers<DriverError | undefined>()
    this.closed = promise
    this.#close = resolve
    lease.user.join(this, lease.link)
    if (lease.link.problem !== undefined) this.linkDown(lease.link.problem)
  }

  /** One message for one of this device's filters; whatever is in it. */
  take(message: Received, payload: OpenedPayload, route: TopicRoute): void {
    const now = message.at ?? this.#context.clock.now()
    this.#received++
    this.#context.frame('received', publishFrame(message.topic, message.payload, message.qos, message.retained))
    this.#context.count('bytes_received', message.payload.length)
    if (message.retained && route.live) return
    if (!message.retained) {
      route.live = true
      this.#context.alive(now)
    }
    const samples: Sample[] = []
    try {
      for (const tag of route.tags) takeTag(tag.tagId, tag.extractor, payload, message.retained, now, samples)
    } catch {
      // a payload so odd that even looking at it failed
      this.#context.count('poison_messages')
      return
    }
    if (samples.some((sample) => severityOf(sample.quality) === QualitySeverity.Bad)) this.#context.count('poison_messages')
    if (samples.length > 0) this.#context.emit(samples)
  }

  async accepted(): Promise<void> {
    await this.#context.accepted()
  }

  linkUp(): void {
    for (const route of this.routes) route.live = false
    if (this.#down) this.#context.absent(null)
    this.#down = false
  }

  linkDown(problem: DriverError): void {
    if (!this.#down) this.#context.count('disconnects')
    this.#down = true
    this.#context.absent(problemText(problem))
  }

  refused(filter: string, problem: DriverError): void {
    const route = this.routes.find((one) => one.filter === filter)
    if (route === undefined) return
    this.#context.log.warn('mqtt.subscription_refused', { filter, problem: problem.message })
    const at = this.#context.clock.now()
    this.#context.emit(route.tags.map(({ tagId }) => ({ tagId, sourceTimestamp: at, value: null, quality: FORBIDDEN, statusCode: null })))
    if (this.routes.length === 1) this.#context.absent(problemText(problem))
  }

  facts(): Readonly<Record<string, string | number | boolean>> {
    const { link } = this.#lease
    return {
      'Broker connected': link.isUp,
      'Client id': link.clientId,
      'Log-ins so far': link.logins,
      'Topics subscribed': this.routes.length,
      'Messages received': this.#received,
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    this.#lease.user.leave(this, this.#lease.link)
    this.#close(undefined)
    await this.#lease[Symbol.asyncDispose]()
  }
}

function takeTag(tagId: number, extractor: Extractor, payload: OpenedPayload, retained: boolean, now: Micros, into: Sample[]): void {
  for (const { value, quality, at } of extract(payload, extractor)) {
    let marked = quality
    if (retained) marked |= at === null && quality === 0 ? OF_UNKNOWN_AGE | QualityFlag.Retained : QualityFlag.Retained
    // a time was expected and is not there
    if (at === null && extractor.timePath !== null) marked |= QualityFlag.TimeSubstituted
    into.push({ tagId, sourceTimestamp: at ?? now, value, quality: marked, statusCode: null })
  }
}
