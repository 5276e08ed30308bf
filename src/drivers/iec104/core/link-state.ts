import type { Millis } from '#base/time.ts'
import { SEQUENCE_MASK, UFunction, encodeI, encodeS, encodeU, type Frame } from './apci.ts'

/** Parameters of a link (IEC 60870-5-104, 5.1 to 5.5); times in milliseconds. */
export interface LinkParameters {
  /** I frames that may be under way to the station without its acknowledgement. */
  readonly k: number
  /** I frames received after which an acknowledgement leaves at the latest. */
  readonly w: number
  /** The station has to confirm an I frame, STARTDT, STOPDT or TESTFR within this. */
  readonly t1: Millis
  /** An acknowledgement leaves at the latest so long after the frame; less than t1. */
  readonly t2: Millis
  /** A test frame leaves when nothing was received for so long. */
  readonly t3: Millis
}

export type LinkPhase = 'stopped' | 'starting' | 'started' | 'stopping'

/** What a received frame means. */
export interface Received {
  /** Why the link cannot go on; null when all is well. */
  readonly fault: string | null
  /** Of an I frame: its number, counted from 1 and never wrapped; to be told to {@link LinkState.accept}. */
  readonly number: number | null
  /** To be sent at once. */
  readonly reply: Uint8Array | null
}

const FINE: Received = { fault: null, number: null, reply: null }

/** An acknowledgement that was due by t2 and is followed by data within this had been waited for. */
const WAITED: Millis = 1000

/**
 * The controlling station's end of one TCP connection: sequence numbers, windows and timers, stepped with a monotonic clock. It owns
 * no socket and no timer: whoever owns them sends what it returns and calls {@link tick} not later than {@link nextDue}.
 *
 * A received frame is acknowledged only after {@link accept} said that its content is safe. Numbers are counted without end and wrap
 * only on the wire. A station whose k is smaller than our w would stand still until t2 again and again: when that happens twice in a
 * row, w is lowered to what it sends.
 */
export class LinkState {
  readonly #parameters: LinkParameters
  #phase: LinkPhase = 'stopped'
  /** I frames sent, and of them acknowledged by the station. */
  #sent = 0
  #sentAcknowledged = 0
  readonly #sentAt: Millis[] = []
  /** I frames received, of them safe, and of them acknowledged by us. */
  #received = 0
  #accepted = 0
  #acknowledged = 0
  readonly #receivedAt: Millis[] = []
  #askedAt: Millis | null = null
  #testedAt: Millis | null = null
  #heardAt: Millis
  #w: number
  #late: { readonly at: Millis; readonly frames: number; readonly times: number } | null = null

  constructor(parameters: LinkParameters, now: Millis) {
    this.#w = parameters.w
    this.#parameters = parameters
    this.#heardAt = now
  }

  get phase(): LinkPhase {
    return this.#phase
  }

  /** I frames of ours that the station has not acknowledged, 0 to k. */
  get underWay(): number {
    return this.#sent - this.#sentAcknowledged
  }

  /** I frames of the station that we have not acknowledged. */
  get owed(): number {
    return this.#received - this.#acknowledged
  }

  /** Received I frames that are not safe yet. */
  get unaccepted(): number {
    return this.#received - this.#accepted
  }

  /** As configured, or less. */
  get w(): number {
    return this.#w
  }

  /** Whether a test frame waits for its answer. */
  get testing(): boolean {
    return this.#testedAt !== null
  }

  /** Whether the link is started and its window has room. */
  get maySend(): boolean {
    return this.#phase === 'started' && this.underWay < this.#parameters.k
  }

  /** @returns STARTDT act */
  start(now: Millis): Uint8Array {
    this.#phase = 'starting'
    this.#askedAt = now
    return encodeU(UFunction.StartDtAct)
  }

  /** @returns STOPDT act */
  stop(now: Millis): Uint8Array {
    this.#phase = 'stopping'
    this.#askedAt = now
    return encodeU(UFunction.StopDtAct)
  }

  /** Asks for a sign of life, now. @returns TESTFR act */
  test(now: Millis): Uint8Array {
    this.#testedAt = now
    return encodeU(UFunction.TestFrAct)
  }

  /** @returns the I frame, which also acknowledges what is safe; null while {@link maySend} is false */
  send(asdu: Uint8Array, now: Millis): Uint8Array | null {
    if (!this.maySend) return null
    this.#sentAt.push(now)
    this.#acknowledge()
    return encodeI(this.#sent++, this.#acknowledged, asdu)
  }

  receive(frame: Frame, now: Millis): Received {
    this.#heardAt = now
    if (frame.kind === 'U') return this.#onFunction(frame.uFunction)
    const acknowledged = this.#sentAcknowledged + ((frame.receiveNumber - this.#sentAcknowledged) & SEQUENCE_MASK)
    if (acknowledged > this.#sent) {
      return {
        ...FINE,
        fault: `it acknowledged frame ${frame.receiveNumber}, but the next one to be sent is ${this.#sent & SEQUENCE_MASK}`,
      }
    }
    this.#sentAt.splice(0, acknowledged - this.#sentAcknowledged)
    this.#sentAcknowledged = acknowledged
    if (frame.kind === 'S') return FINE
    const expected = this.#received & SEQUENCE_MASK
    if (frame.sendNumber !== expected) return { ...FINE, fault: `frame ${frame.sendNumber} came where ${expected} was expected` }
    if (this.#phase === 'stopped') return { ...FINE, fault: 'it sent data before it was asked to start' }
    if (this.#late !== null) this.#learn(this.#late, now)
    this.#received++
    this.#receivedAt.push(now)
    return { fault: null, number: this.#received, reply: null }
  }

  /** All received I frames up to this number are safe and may be acknowledged. */
  accept(number: number): void {
    this.#accepted = Math.max(this.#accepted, Math.min(number, this.#received))
  }

  /** @returns what has to be sent now, and why the link has to be closed, if it has to */
  tick(now: Millis): { readonly send: readonly Uint8Array[]; readonly fault: string | null } {
    const { t1, t2, t3 } = this.#parameters
    if (this.#askedAt !== null && now - this.#askedAt >= t1) {
      return { send: [], fault: `it did not confirm ${this.#phase === 'stopping' ? 'STOPDT' : 'STARTDT'} within t1 = ${t1 / 1000} s` }
    }
    if (this.#testedAt !== null && now - this.#testedAt >= t1) {
      return { send: [], fault: `it did not answer a test frame within t1 = ${t1 / 1000} s` }
    }
    const [oldest] = this.#sentAt
    if (oldest !== undefined && now - oldest >= t1) {
      return { send: [], fault: `it did not acknowledge a frame within t1 = ${t1 / 1000} s` }
    }
    const send: Uint8Array[] = []
    const [owedSince] = this.#receivedAt
    const safe = this.#accepted - this.#acknowledged
    if (safe >= this.#w) send.push(this.acknowledgement())
    else if (safe > 0 && owedSince !== undefined && now - owedSince >= t2) {
      if (safe === this.owed) this.#late = { at: now, frames: safe, times: this.#late?.frames === safe ? this.#late.times + 1 : 1 }
      send.push(this.acknowledgement())
    }
    if (this.#testedAt === null && now - this.#heardAt >= t3) send.push(this.test(now))
    return { send, fault: null }
  }

  /** @returns an S frame for everything that is safe; before a farewell also when nothing is due */
  acknowledgement(): Uint8Array {
    this.#acknowledge()
    return encodeS(this.#acknowledged)
  }

  /** When {@link tick} has to be called at the latest if nothing else happens. */
  get nextDue(): Millis {
    const { t1, t2, t3 } = this.#parameters
    let due = this.#testedAt === null ? this.#heardAt + t3 : this.#testedAt + t1
    if (this.#askedAt !== null) due = Math.min(due, this.#askedAt + t1)
    const [sentAt] = this.#sentAt
    if (sentAt !== undefined) due = Math.min(due, sentAt + t1)
    const [receivedAt] = this.#receivedAt
    if (receivedAt !== undefined && this.#accepted > this.#acknowledged) due = Math.min(due, receivedAt + t2)
    return due
  }

  #learn(late: { readonly at: Millis; readonly frames: number; readonly times: number }, now: Millis): void {
    if (this.owed > 0) return
    if (now - late.at > WAITED) this.#late = null
    else if (late.times > 1) this.#w = Math.min(this.#w, late.frames)
  }

  #acknowledge(): void {
    this.#receivedAt.splice(0, this.#accepted - this.#acknowledged)
    this.#acknowledged = this.#accepted
  }

  #onFunction(uFunction: UFunction): Received {
    switch (uFunction) {
      case UFunction.StartDtCon:
        if (this.#phase === 'starting') this.#phase = 'started'
        this.#askedAt = null
        return FINE
      case UFunction.StopDtCon:
        if (this.#phase === 'stopping') this.#phase = 'stopped'
        this.#askedAt = null
        return FINE
      case UFunction.TestFrAct:
        return { ...FINE, reply: encodeU(UFunction.TestFrCon) }
      case UFunction.TestFrCon:
        this.#testedAt = null
        return FINE
      case UFunction.StartDtAct:
      case UFunction.StopDtAct:
        // these are ours to say: a station that says them is not obeyed, and harms nobody
        return FINE
    }
  }
}
