import { asError, BugError, type DriverError } from '#base/errors.ts'
import type { Sample } from '#domain/sample.ts'
import type { Session, SessionContext } from '../driver.ts'
import { busyError } from './link-errors.ts'
import { Iec104Session, type Iec104Plan } from './session.ts'
import type { Station } from './station.ts'

interface Member {
  readonly plan: Iec104Plan
  readonly context: SessionContext
  readonly closed: PromiseWithResolvers<DriverError | undefined>
}

/**
 * The one link to a station, shared by the devices that name it, as a rule one for each of its common addresses. Who joins lets it be
 * started anew with the tags of all: what happens meanwhile the station keeps.
 */
export class SharedLink {
  readonly #station: Station
  readonly #onEmpty: () => void
  readonly #members = new Map<number, Member>()
  readonly #unwanted = new AbortController()
  #session: Iec104Session | undefined
  /** Joining and leaving, one after the other. */
  #work: Promise<void> = Promise.resolve()

  /** @param onEmpty nobody uses it any more, and the link is closed */
  constructor(station: Station, onEmpty: () => void) {
    this.#station = station
    this.#onEmpty = onEmpty
  }

  /** The started link; undefined while there is none. */
  get session(): Iec104Session | undefined {
    return this.#session
  }

  /** @throws DriverError, `busy` for a device whose settings of the link are others; or the signal's reason */
  async join(plan: Iec104Plan, context: SessionContext): Promise<Session> {
    const [first] = this.#members.values()
    if (first !== undefined && linkSettings(first.plan) !== linkSettings(plan)) throw busyError(plan.config, first.plan.device.code)
    const member: Member = { plan, context, closed: Promise.withResolvers() }
    this.#members.get(plan.device.id)?.closed.resolve(undefined)
    this.#members.set(plan.device.id, member)
    const mine = this.#work.then(async () => await this.#restart())
    this.#work = mine.catch(() => undefined)
    try {
      await mine
      context.signal.throwIfAborted()
    } catch (error) {
      await this.#leave(member)
      throw error
    }
    return {
      closed: member.closed.promise,
      facts: () => this.#factsOf(member),
      [Symbol.asyncDispose]: async () => await this.#leave(member),
    }
  }

  async #restart(): Promise<void> {
    const before = this.#session
    this.#session = undefined
    await before?.[Symbol.asyncDispose]()
    const members = [...this.#members.values()]
    const [first] = members
    if (first === undefined) return
    const alone = members.length === 1
    try {
      const session = await Iec104Session.open(
        alone ? first.plan : unionOf(first.plan, members),
        alone ? first.context : this.#contextOf(first, members),
        this.#station,
      )
      this.#session = session
      void session.closed.then((error) => this.#onClosed(session, error))
    } catch (thrown) {
      // whoever was here before is told as well; who has just come is told by the exception
      this.#tellClosed(thrown)
      throw thrown
    }
  }

  #onClosed(session: Iec104Session, error: DriverError | undefined): void {
    if (this.#session !== session) return
    this.#session = undefined
    this.#tellClosed(error)
  }

  #tellClosed(thrown: unknown): void {
    const error = thrown === undefined ? undefined : (asError(thrown) as DriverError)
    for (const member of this.#members.values()) member.closed.resolve(error)
  }

  async #leave(member: Member): Promise<void> {
    const { id } = member.plan.device
    if (this.#members.get(id) !== member) return
    this.#members.delete(id)
    member.closed.resolve(undefined)
    // the others go on over the link as it is
    if (this.#members.size > 0) return
    const session = this.#session
    this.#session = undefined
    this.#unwanted.abort()
    this.#onEmpty()
    await session?.[Symbol.asyncDispose]()
  }

  /** What the session says goes to the device that it concerns, and what concerns the link to all. */
  #contextOf(first: Member, members: readonly Member[]): SessionContext {
    const owners = new Map(members.flatMap((member) => member.plan.points.map(({ tag }) => [tag.id, member] as const)))
    const here = (): readonly Member[] => [...this.#members.values()]
    const keeper = keeperOf(members)
    return {
      ...first.context,
      signal: this.#unwanted.signal,
      recall: (key) => keeper.context.recall(key),
      recalled: (prefix) => keeper.context.recalled(prefix),
      remember: (key, value) => keeper.context.remember(key, value),
      emit: (samples) => {
        for (const [owner, own] of Map.groupBy(samples, ({ tagId }: Sample) => owners.get(tagId))) owner?.context.emit(own)
      },
      accepted: async () => void (await Promise.all(members.map(async ({ context }) => await context.accepted()))),
      alive: (at) => {
        for (const { context } of here()) context.alive(at)
      },
      absent: (problem) => {
        for (const { context } of here()) context.absent(problem)
      },
      frame: (direction, bytes) => {
        for (const { context } of here()) context.frame(direction, bytes)
      },
      count: (name, by) => {
        for (const { context } of here()) context.count(name, by)
      },
    }
  }

  #factsOf(member: Member): Readonly<Record<string, string | number | boolean>> {
    const others = [...this.#members.values()].filter((one) => one !== member).map(({ plan }) => plan.device.code)
    return { ...this.#session?.facts(), ...(others.length === 0 ? {} : { 'Link shared with': others.join(', ') }) }
  }
}

/** Who keeps what is learned of the station: whoever does already, else the oldest device, so that it is the same one after a restart. */
function keeperOf(members: readonly Member[]): Member {
  const sorted = members.toSorted((a, b) => a.plan.device.id - b.plan.device.id)
  const keeper = sorted.find(({ context }) => context.recalled('').length > 0) ?? sorted[0]
  if (keeper === undefined) throw new BugError('a link without devices')
  return keeper
}

/** Everything that the devices of one link must agree on. */
function linkSettings({ config }: Iec104Plan): string {
  return JSON.stringify({ ...config, zone: config.zone.name, commonAddress: null })
}

/** The first device with the tags of all, as impatient as the most impatient. */
function unionOf(first: Iec104Plan, members: readonly Member[]): Iec104Plan {
  const patience = members.flatMap(({ plan }) => plan.device.commTimeoutSeconds ?? [])
  return {
    ...first,
    device: { ...first.device, commTimeoutSeconds: patience.length === 0 ? null : Math.min(...patience) },
    points: members.flatMap(({ plan }) => plan.points),
  }
}
