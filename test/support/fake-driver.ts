import { ConfigError, DriverError } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import { GOOD, type Sample, type Value } from '#domain/sample.ts'
import type { DevicePlan, Driver, Session, SessionContext } from '#drivers/driver.ts'

/** What the driver of a test was given when it was asked to connect. */
export interface FakeSession {
  readonly plan: DevicePlan
  readonly context: SessionContext
  /** Ends the conversation as a device would. */
  end(error?: DriverError): void
  disposed: boolean
}

/** A protocol without a wire: the test says what its devices do. Its sessions push unless `poll` is given. */
export class FakeDriver implements Driver<Record<string, unknown>, string, Record<string, unknown>> {
  readonly protocol: string
  readonly title = 'Fake'
  readonly connectionSchema = {
    type: 'object',
    properties: { host: { type: 'string' }, broker: { type: 'string' }, password: { type: 'string', writeOnly: true } },
  }
  readonly tagSchema = { type: 'object' }
  readonly addressHelp = ''
  readonly shared?: NonNullable<Driver<unknown, unknown, Record<string, unknown>>['shared']>
  /** Every session ever, the newest last. */
  readonly sessions: FakeSession[] = []
  /** What probe, browse and actions were given. */
  readonly asked: { readonly plan: DevicePlan; readonly context: SessionContext }[] = []
  onConnect: (plan: DevicePlan, context: SessionContext) => Promise<void> | void = () => undefined
  poll: ((plan: DevicePlan, tick: Micros, signal: AbortSignal) => Promise<readonly Sample[]>) | undefined
  /** Of sessions that can take up other tags; it is given their addresses. */
  replan: ((addresses: readonly string[]) => Promise<boolean>) | undefined

  constructor(options: { protocol?: string; sharing?: boolean } = {}) {
    this.protocol = options.protocol ?? 'fake'
    if (options.sharing === true) {
      this.shared = {
        title: 'Fake broker',
        field: 'broker',
        schema: { type: 'object', properties: { url: { type: 'string' }, token: { type: 'string', writeOnly: true } } },
        parse: (raw) => ({ ...(raw as Record<string, unknown>) }),
      }
    }
  }

  parseConfig(raw: unknown): Record<string, unknown> {
    return { ...(raw as Record<string, unknown>) }
  }

  parsePoint(tag: { readonly address: string }): string {
    if (tag.address === 'nowhere') throw new ConfigError('address', 'There is no such address.')
    return tag.address
  }

  async connect(plan: DevicePlan<Record<string, unknown>, string, Record<string, unknown>>, context: SessionContext): Promise<Session> {
    await this.onConnect(plan, context)
    const closed = Promise.withResolvers<DriverError | undefined>()
    const session: FakeSession = { plan, context, end: (error) => closed.resolve(error), disposed: false }
    this.sessions.push(session)
    const { poll, replan } = this
    return {
      closed: closed.promise,
      facts: () => ({ parallel: 4 }),
      ...(replan === undefined
        ? {}
        : { replan: async (points: DevicePlan['points']) => await replan(points.map(({ tag }) => tag.address)) }),
      ...(poll === undefined ? {} : { poll: async (tick: Micros, signal: AbortSignal) => await poll(plan, tick, signal) }),
      async [Symbol.asyncDispose]() {
        session.disposed = true
        closed.resolve(undefined)
      },
    }
  }

  async probe(plan: DevicePlan<Record<string, unknown>, string, Record<string, unknown>>, context: SessionContext) {
    this.asked.push({ plan, context })
    return { ok: true, steps: [], values: [] }
  }

  async browse(
    plan: DevicePlan<Record<string, unknown>, string, Record<string, unknown>>,
    request: { parent: string | null },
    context: SessionContext,
  ) {
    this.asked.push({ plan, context })
    if (request.parent === 'secret room') throw new DriverError('auth', 'The device lets nobody in.', { remedy: 'Check the password.' })
    const node = {
      key: 'a',
      name: 'a',
      path: 'a',
      hasChildren: false,
      type: 'Double',
      description: '',
      value: '1',
      good: true,
      status: '',
      sourceTimestamp: null,
      tag: null,
    }
    return { nodes: [node], cursor: null }
  }

  readonly actions = {
    learn: {
      run: async (plan: DevicePlan, body: unknown, context: SessionContext) => {
        this.asked.push({ plan, context })
        context.remember('taught', body)
        return { host: (plan.config as Record<string, unknown>)['host'], knows: context.recalled('') }
      },
    },
  }

  describeFrame(direction: string, bytes: Uint8Array): string {
    return `${direction} ${new TextDecoder().decode(bytes)}`
  }
}

/** A good sample of a plan's tag number `index`. */
export function sampleOf(plan: DevicePlan, index: number, value: Value, at: Micros, flags = 0): Sample {
  return { tagId: plan.points[index]?.tag.id ?? 0, sourceTimestamp: at, value, quality: GOOD | flags, statusCode: null }
}
