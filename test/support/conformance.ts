import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import type { Clock } from '#base/time.ts'
import { QualityReason, QualitySeverity, reasonOf, severityOf } from '#domain/sample.ts'
import type { Driver } from '#drivers/driver.ts'
import { systemClock } from '#host/clock.ts'
import { DeviceRig, type RigOptions } from './device-rig.ts'
import { FaultProxy } from './fault-proxy.ts'
import { until } from './installation.ts'

/** The device at the other end, real or a faithful stand-in. */
export interface ConformancePeer extends AsyncDisposable {
  /** Where it listens on 127.0.0.1. */
  readonly port: number
  /** Gives its first tag a value from now on (whole numbers from 1 to 30,000); a device that pushes sends it. */
  set(value: number): Promise<void> | void
  /** Ends its process or server and starts it on the same port; what its tags hold may be gone. Left out: the test is skipped. */
  restart?(): Promise<void>
  /** Of a protocol with acknowledgements: sends the values 1 to `count` of the first tag as fast as it can. */
  flood?(count: number): Promise<void> | void
}

export interface ConformanceOptions {
  /** A fresh driver with its own connections. */
  readonly driver: () => Promise<Driver> | Driver
  readonly peer: () => Promise<ConformancePeer>
  /** The device's connection to that port of 127.0.0.1, with time-outs and keep-alives as short as they go. */
  readonly connection: (port: number) => Readonly<Record<string, unknown>>
  readonly secrets?: Readonly<Record<string, string>>
  /** Settings of the shared connection, of a driver that has one; `connection` names it by the code SHARED. */
  readonly shared?: (port: number) => NonNullable<RigOptions['shared']>
  /** At least two; the first one is what {@link ConformancePeer.set} sets. */
  readonly tags: RigOptions['tags']
  /** Until a dead link must have been noticed; default 10 s. */
  readonly deafMillis?: number
  /** How often the device is connected and disconnected to look for leaks; default 200. */
  readonly rounds?: number
  /** Samples that may be on their way when nobody acknowledges: window, receive maximum; default 100. */
  readonly window?: number
  /** Tests that cannot hold, by name, with the reason. */
  readonly skip?: Readonly<Partial<Record<ConformanceTest, string>>>
}

export type ConformanceTest =
  | 'reads'
  | 'cut'
  | 'black hole'
  | 'refused'
  | 'half-open'
  | 'garbage'
  | 'byte by byte'
  | 'slow'
  | 'restart'
  | 'clock step'
  | 'edited under load'
  | 'stopped while deaf'
  | 'leaks'
  | 'back-pressure'

const TIMEOUT = 500
const PATIENCE = 20_000
/** Lines of the log that a failure shows. */
const STORY = 20

/**
 * The faults that every driver must survive, run by each driver's own test against its own peer:
 *
 *     await conformance('modbus', { driver: createDriver, peer: startPeer, connection: (port) => ({ host: '127.0.0.1', port }), tags: [...] })
 *
 * It runs the driver under the real loop of the runtime ({@link DeviceRig}) and puts a {@link FaultProxy} between driver and peer. After
 * each fault the same three things are asked: the loss shows (status, Bad tags, a problem in words with a remedy), nothing is left behind
 * (sockets, timers, a hung loop), and the right values come again by themselves.
 */
export function conformance(protocol: string, options: ConformanceOptions): void {
  const { deafMillis = 10_000, rounds = 200, window = 100, skip = {} } = options
  const [first] = options.tags
  assert.ok(first !== undefined && options.tags.length >= 2, 'at least two tags')

  const check = (name: ConformanceTest, work: (bench: Bench) => Promise<void>, clock?: Clock): void => {
    test(name, { skip: skip[name] ?? false, timeout: 120_000 }, async () => {
      await using bench = await Bench.start(options, clock)
      await work(bench)
    })
  }

  describe(`${protocol}: conformance`, () => {
    check('reads', async (bench) => {
      await bench.well()
      assert.equal(bench.rig.report.problem, null)
      for (const tag of options.tags) {
        assert.equal(severityOf(bench.rig.newest(tag.name)?.quality ?? QualitySeverity.Bad), QualitySeverity.Good, `${tag.name} is good`)
      }
    })

    check('cut', async (bench) => {
      await bench.well()
      for (let round = 0; round < 3; round += 1) {
        bench.proxy.cut()
        await bench.well()
      }
      assert.ok(bench.proxy.accepted >= 4, 'it was connected anew')
    })

    check('black hole', async (bench) => {
      await bench.well()
      bench.proxy.hole(true)
      await bench.failing(deafMillis)
      bench.proxy.hole(false)
      await bench.well()
    })

    check('refused', async (bench) => {
      await bench.well()
      bench.proxy.refuse(true)
      await bench.lost()
      const bad = bench.rig.readings.filter(({ sample }) => reasonOf(sample.quality) === QualityReason.CommunicationFailure)
      assert.equal(bad.length, options.tags.length, 'every tag became Bad once')
      assert.deepEqual(bench.rig.changes.slice(0, 1), ['lost'])
      bench.proxy.refuse(false)
      await bench.well()
      assert.ok(bench.rig.changes.includes('recovered'))
    })

    check('half-open', async (bench) => {
      await bench.well()
      bench.proxy.halfOpen()
      await bench.failing(deafMillis)
      await bench.well()
    })

    check('garbage', async (bench) => {
      for (const length of [1, 7, 64, 5000]) {
        await bench.well()
        bench.proxy.say(randomBytes(length))
      }
      await bench.well()
      const lines = bench.rig.log.length
      assert.ok(lines < 500, `the log is bounded: ${lines} lines`)
    })

    check('byte by byte', async (bench) => {
      bench.proxy.oneByteAtATime(true)
      await bench.well()
      await bench.well()
    })

    check('slow', async (bench) => {
      await bench.well()
      const before = bench.value
      bench.proxy.delay(TIMEOUT * 1.5)
      // three answers come too late; what they say must not be taken for the answer to a later question
      for (let round = 0; round < 3; round += 1) {
        await bench.set()
        await new Promise((resolve) => setTimeout(resolve, TIMEOUT))
      }
      bench.proxy.delay(0)
      await bench.well()
      for (const { sample } of bench.rig.readings) {
        if (sample.tagId !== 1 || severityOf(sample.quality) !== QualitySeverity.Good || Number(sample.value) === 0) continue
        assert.ok(
          Number(sample.value) <= bench.value && Number(sample.value) >= 1,
          `${String(sample.value)} was never sent (from ${before})`,
        )
      }
    })

    test('restart', { skip: skip.restart ?? false, timeout: 120_000 }, async (t) => {
      await using bench = await Bench.start(options)
      if (bench.peer.restart === undefined) return t.skip('this peer cannot be restarted')
      await bench.well()
      await bench.peer.restart()
      await bench.well()
    })

    test('clock step', { skip: skip['clock step'] ?? false, timeout: 120_000 }, async () => {
      let step = 0
      await using bench = await Bench.start(options, { now: () => systemClock.now() + step, mono: () => systemClock.mono() })
      await bench.well()
      for (const hours of [1, -1, 0]) {
        step = hours * 3_600_000_000
        await bench.well()
      }
    })

    check('edited under load', async (bench) => {
      await bench.well()
      const editing = { on: true }
      const load = (async () => {
        while (editing.on) {
          await bench.set()
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
      })()
      try {
        for (let round = 0; round < 20; round += 1) {
          await bench.rig.edit(round % 2 === 0 ? options.tags.slice(0, 1) : options.tags)
          if (round % 5 === 0) await bench.flowing()
        }
      } finally {
        editing.on = false
        await load
      }
      await bench.well()
      await until('one connection is left', () => (bench.proxy.connections === 1 ? true : undefined))
    })

    check('stopped while deaf', async (bench) => {
      await bench.well()
      bench.proxy.hole(true)
      await bench.set()
      const started = performance.now()
      await bench.rig.loop[Symbol.asyncDispose]()
      assert.ok(performance.now() - started < 8000, `it took ${Math.round(performance.now() - started)} ms to stop`)
    })

    check('leaks', async (bench) => {
      await bench.well()
      for (let round = 0; round < 5; round += 1) await bench.rig.edit()
      await bench.rig.loop[Symbol.asyncDispose]()
      await until('no connection is left', () => (bench.proxy.connections === 0 ? true : undefined))
      await new Promise((resolve) => setTimeout(resolve, 100))
      const before = resources()
      for (let round = 0; round < rounds; round += 1) {
        const accepted = bench.proxy.accepted
        await bench.rig.edit()
        await until('a connection', () => (bench.proxy.accepted > accepted ? true : undefined), PATIENCE, 2)
        await bench.rig.loop[Symbol.asyncDispose]()
      }
      await until('no connection is left', () => (bench.proxy.connections === 0 ? true : undefined))
      await until(
        'no socket and no timer is left',
        () => {
          const grown = Object.entries(resources()).filter(([kind, count]) => count > (before[kind] ?? 0) + 3)
          return grown.length === 0 ? true : undefined
        },
        10_000,
      )
    })

    test('back-pressure', { skip: skip['back-pressure'] ?? false, timeout: 120_000 }, async (t) => {
      await using bench = await Bench.start(options)
      if (bench.peer.flood === undefined) return t.skip('this protocol acknowledges nothing')
      await bench.well()
      const count = window * 20
      const from = bench.rig.readings.length
      const got = (): number[] =>
        bench.rig.readings
          .slice(from)
          .flatMap(({ sample }) =>
            sample.tagId === 1 && severityOf(sample.quality) === QualitySeverity.Good ? [Number(sample.value)] : [],
          )
      bench.rig.acceptsAll = false
      const flooding = Promise.resolve(bench.peer.flood(count))
      await until('the window is full', () => (got().length > 0 ? true : undefined))
      let last = -1
      await until('nothing more comes', async () => {
        const now = got().length
        const still = now === last
        last = now
        await new Promise((resolve) => setTimeout(resolve, 300))
        return still ? true : undefined
      })
      assert.ok(got().length <= window, `${got().length} samples came although none was accepted; ${window} may`)
      bench.rig.acceptsAll = true
      await flooding
      await until('all have come', () => (new Set(got()).size >= count ? true : undefined))
      assert.deepEqual(
        got(),
        Array.from({ length: count }, (_, index) => index + 1),
        'each once, in order',
      )
    })
  })
}

/** Peer, proxy and driver of one test. */
class Bench implements AsyncDisposable {
  readonly peer: ConformancePeer
  readonly proxy: FaultProxy
  readonly rig: DeviceRig
  readonly #firstTag: string
  /** What the peer was told last. */
  value = 0

  private constructor(peer: ConformancePeer, proxy: FaultProxy, rig: DeviceRig, firstTag: string) {
    this.peer = peer
    this.proxy = proxy
    this.rig = rig
    this.#firstTag = firstTag
  }

  static async start(options: ConformanceOptions, clock?: Clock): Promise<Bench> {
    const peer = await options.peer()
    const proxy = await FaultProxy.start(peer.port)
    const rig = new DeviceRig({
      driver: await options.driver(),
      connection: options.connection(proxy.port),
      tags: options.tags,
      timeoutMillis: TIMEOUT,
      ...(options.secrets === undefined ? {} : { secrets: options.secrets }),
      ...(options.shared === undefined ? {} : { shared: options.shared(proxy.port) }),
      ...(clock === undefined ? {} : { clock }),
    })
    return new Bench(peer, proxy, rig, options.tags[0]?.name ?? '')
  }

  async set(): Promise<void> {
    this.value = (this.value % 30_000) + 1
    await this.peer.set(this.value)
  }

  /** A new value comes through, and the device is well. */
  async well(): Promise<void> {
    await this.good()
    await until(
      () => `the device to be well; ${this.#story()}`,
      () => {
        const { status } = this.rig.report
        return status === 'online' || status === 'degraded' ? true : this.#again()
      },
      PATIENCE,
    )
  }

  async good(): Promise<void> {
    await this.set()
    const wanted = this.value
    await until(
      () => `the value ${wanted}; ${this.#story()}`,
      () => {
        const newest = this.rig.newest(this.#firstTag)
        return newest !== undefined && severityOf(newest.quality) === QualitySeverity.Good && Number(newest.value) === wanted
          ? true
          : this.#again()
      },
      PATIENCE,
      10,
    )
  }

  /** Good values of the first tag come, whichever. */
  async flowing(): Promise<void> {
    const before = this.rig.readings.length
    await until(
      () => `values; ${this.#story()}`,
      () => {
        const came = this.rig.readings
          .slice(before)
          .some(({ sample }) => sample.tagId === 1 && severityOf(sample.quality) === QualitySeverity.Good)
        return came ? true : this.#again()
      },
      PATIENCE,
    )
  }

  /** The driver noticed that nobody answers. */
  async failing(millis: number): Promise<void> {
    const { failed } = this.rig.diagnostics.figures().polls
    // a link that several devices share comes back by itself: its devices are absent meanwhile
    const told = this.rig.changes.length
    const noticed = (): boolean => this.rig.diagnostics.figures().polls.failed > failed || this.rig.changes.slice(told).includes('lost')
    await until('the dead link is noticed', () => (noticed() ? true : undefined), millis)
    // it may be well again by now: what counts is what was said then
    const said = [this.rig.diagnostics.figures().lastError?.message, this.rig.report.problem, ...this.rig.problems.slice(told)]
    assert.ok(
      said.some((text) => text !== undefined && text !== null && text !== ''),
      'it is said why',
    )
  }

  /** The device is in Error, its tags are Bad, and it is said in words what to do. */
  async lost(): Promise<void> {
    await until(
      () => `the device to be in Error; ${this.#story()}`,
      () => {
        const { status } = this.rig.report
        return status === 'error' || status === 'quarantined' ? true : this.#again()
      },
      PATIENCE,
    )
    assert.notEqual(this.rig.report.problem ?? '', '')
    const { lastError } = this.rig.diagnostics.figures()
    const toldAsAbsence = /\. [A-Z][^.]+\.$/.test(this.rig.report.problem ?? '')
    assert.ok((lastError?.remedy ?? '') !== '' || toldAsAbsence, 'it is said what to do about it')
    assert.equal(severityOf(this.rig.newest(this.#firstTag)?.quality ?? 0), QualitySeverity.Bad)
  }

  /** How it came to this, for whoever reads of a failure that does not come again. */
  #story(): string {
    const { status, consecutiveFailures, problem } = this.rig.report
    const newest = this.rig.newest(this.#firstTag)
    const value = newest === undefined ? 'no value' : `${String(newest.value)} of quality ${newest.quality}`
    const now = Math.round(performance.now())
    const lines = this.rig.log.slice(-STORY).map(({ at, event, fields }) => `${at} ${event} ${JSON.stringify(fields)}`)
    const state = `${status}, ${consecutiveFailures} failures, ${problem ?? 'no problem'}; ${value}; ${this.proxy.accepted} connections so far`
    return `now, at ${now} ms: ${state}\n${lines.join('\n')}`
  }

  /** Nobody waits for the back-off in a test. */
  #again(): undefined {
    this.rig.loop.retryNow()
    return undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.rig[Symbol.asyncDispose]()
    await this.proxy[Symbol.asyncDispose]()
    await this.peer[Symbol.asyncDispose]()
  }
}

/** Sockets, timers and the like that keep this process busy, by kind. */
function resources(): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}
