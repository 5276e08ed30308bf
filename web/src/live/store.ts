import type { Micros } from '#base/time.ts'
import type { LiveMessage } from '#api/contract/live.ts'
import type { AlarmCounts, DeviceState, Value } from '../api/replies.ts'

/** `live`: ticks arrive. `reconnecting`: none for 3 s. `lost`: none for 10 s, nothing on the screen is current. */
export type StreamState = 'connecting' | 'live' | 'reconnecting' | 'lost'

export const RECONNECTING_AFTER_MILLIS = 3_000
export const LOST_AFTER_MILLIS = 10_000

export interface Reading {
  readonly value: Value
  readonly quality: number
  readonly sourceTimestamp: Micros
}

/** What the server last said of itself. Instants; null before the first. */
export interface Pulse {
  readonly newestDelivery: Micros | null
  readonly alarmEngine: Micros | null
  readonly database: Micros | null
}

type Listener = () => void

/**
 * The newest readings outside React: a cell listens to its own tag and nothing else is drawn again. `mono` is a clock in ms that never
 * steps back, `wall` this machine's wall clock in µs, which may be wrong: ages use the server's.
 */
export class LiveStore {
  readonly #mono: () => number
  readonly #wall: () => Micros
  readonly #readings = new Map<number, Reading>()
  readonly #devices = new Map<number, DeviceState>()
  readonly #tagListeners = new Map<number, Set<Listener>>()
  readonly #deviceListeners = new Set<Listener>()
  readonly #stateListeners = new Set<Listener>()
  readonly #beatListeners = new Set<Listener>()
  readonly #wanted = new Map<number, number>()
  #deviceList: readonly DeviceState[] = []
  #counts: AlarmCounts | null = null
  #pulse: Pulse = { newestDelivery: null, alarmEngine: null, database: null }
  #state: StreamState = 'connecting'
  #lastTick: number
  #lastTickWall: Micros | null = null
  #offset: Micros = 0
  #broken = false
  #beat = 0

  constructor(mono: () => number, wall: () => Micros) {
    this.#mono = mono
    this.#wall = wall
    this.#lastTick = mono()
  }

  get state(): StreamState {
    return this.#state
  }
  get counts(): AlarmCounts | null {
    return this.#counts
  }
  /** The server speaks, and has nothing new to say: its database does not answer. */
  get blind(): boolean {
    const { database } = this.#pulse
    const unheard = this.#mono() - this.#lastTick >= LOST_AFTER_MILLIS
    return !unheard && database !== null && this.#lastTickWall !== null && this.#lastTickWall - database >= LOST_AFTER_MILLIS * 1000
  }
  get pulse(): Pulse {
    return this.#pulse
  }
  get devices(): readonly DeviceState[] {
    return this.#deviceList
  }
  /** Counts seconds: what shows an age draws again when it changes. */
  get beat(): number {
    return this.#beat
  }
  /** Server time of the last sign of life; null before the first. */
  get lastSeen(): Micros | null {
    return this.#lastTickWall
  }

  /** @returns the server's clock, whatever this machine believes. */
  now(): Micros {
    return this.#wall() + this.#offset
  }

  reading(tagId: number): Reading | undefined {
    return this.#readings.get(tagId)
  }

  device(deviceId: number): DeviceState | undefined {
    return this.#devices.get(deviceId)
  }

  /** Start of a page: what the server answered once, before the stream speaks. An older reading never replaces a newer one. */
  seed(start: {
    now: Micros
    latest: readonly (Reading & { tagId: number })[]
    deviceStates: readonly DeviceState[]
    counts: AlarmCounts
  }): void {
    this.#offset = start.now - this.#wall()
    for (const one of start.latest) {
      const known = this.#readings.get(one.tagId)
      if (known === undefined || known.sourceTimestamp <= one.sourceTimestamp) this.#put(one.tagId, one)
    }
    this.#putDevices(start.deviceStates)
    this.#counts = start.counts
    this.#tell(this.#stateListeners)
  }

  /** Everything that concerns the store in a message of the stream. */
  take(message: LiveMessage): void {
    switch (message.type) {
      case 'tick':
        this.#lastTick = this.#mono()
        this.#lastTickWall = message.now
        this.#offset = message.now - this.#wall()
        this.#broken = false
        this.#pulse = { newestDelivery: message.newestDelivery, alarmEngine: message.alarmEngine, database: message.database }
        this.check()
        return
      case 'values':
        for (const [tagId, value, quality, sourceTimestamp] of message.values) {
          // as the server tells it: it knows whose clock is wrong
          this.#put(tagId, { value, quality, sourceTimestamp })
        }
        return
      case 'devices':
        this.#putDevices(message.states)
        return
      case 'alarms':
        this.#counts = message.counts
        this.#tell(this.#stateListeners)
        return
      case 'config':
      case 'bye':
        return
    }
  }

  /** The socket is gone: not live from this moment, lost after the time. */
  disconnected(): void {
    this.#broken = true
    this.check()
  }

  /** Each second: judges the silence and lets ages grow. */
  check(): void {
    const silent = this.#mono() - this.#lastTick
    const before = this.#state
    if (silent >= LOST_AFTER_MILLIS || this.blind) this.#state = 'lost'
    else if (this.#lastTickWall === null) this.#state = this.#broken ? 'reconnecting' : 'connecting'
    else this.#state = this.#broken || silent >= RECONNECTING_AFTER_MILLIS ? 'reconnecting' : 'live'
    this.#beat++
    if (before !== this.#state) this.#tell(this.#stateListeners)
    this.#tell(this.#beatListeners)
  }

  /** Wants a tag from the stream until the returned function is called. `changed` when the set of wanted tags changes. */
  want(tagIds: readonly number[], changed: () => void): () => void {
    for (const id of tagIds) this.#wanted.set(id, (this.#wanted.get(id) ?? 0) + 1)
    changed()
    return () => {
      for (const id of tagIds) {
        const left = (this.#wanted.get(id) ?? 1) - 1
        if (left <= 0) this.#wanted.delete(id)
        else this.#wanted.set(id, left)
      }
      changed()
    }
  }

  wanted(): number[] {
    return [...this.#wanted.keys()].toSorted((a, b) => a - b)
  }

  onTag(tagId: number, listener: Listener): () => void {
    const set = this.#tagListeners.get(tagId) ?? new Set()
    this.#tagListeners.set(tagId, set)
    set.add(listener)
    return () => {
      set.delete(listener)
      if (set.size === 0) this.#tagListeners.delete(tagId)
    }
  }
  onDevices = (listener: Listener): (() => void) => enrol(this.#deviceListeners, listener)
  onState = (listener: Listener): (() => void) => enrol(this.#stateListeners, listener)
  onBeat = (listener: Listener): (() => void) => enrol(this.#beatListeners, listener)

  /** Another user logs in: nothing of the one before may stay. */
  clear(): void {
    this.#readings.clear()
    this.#devices.clear()
    this.#deviceList = []
    this.#counts = null
    this.#lastTickWall = null
    this.#pulse = { newestDelivery: null, alarmEngine: null, database: null }
    this.#broken = false
    this.#lastTick = this.#mono()
    this.#state = 'connecting'
    this.#tell(this.#stateListeners)
    this.#tell(this.#deviceListeners)
  }

  #put(tagId: number, reading: Reading): void {
    this.#readings.set(tagId, { value: reading.value, quality: reading.quality, sourceTimestamp: reading.sourceTimestamp })
    this.#tell(this.#tagListeners.get(tagId))
  }

  #putDevices(states: readonly DeviceState[]): void {
    for (const state of states) this.#devices.set(state.deviceId, state)
    this.#deviceList = [...this.#devices.values()]
    this.#tell(this.#deviceListeners)
  }

  #tell(listeners: ReadonlySet<Listener> | undefined): void {
    if (listeners !== undefined) for (const listener of listeners) listener()
  }
}

function enrol(set: Set<Listener>, listener: Listener): () => void {
  set.add(listener)
  return () => set.delete(listener)
}
