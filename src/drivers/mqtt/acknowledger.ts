import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises'
import type { Millis } from '#base/time.ts'
import type { IPublishPacket, MqttClient, Packet } from 'mqtt'

/** So many messages may wait for their acknowledgement, or for nothing but safety, before reading stops. */
const MAX_WAITING = 2000
const RETRY: Millis = 1000

type Send = (packet: Packet, done?: () => void, ...rest: unknown[]) => void

/**
 * Holds back the acknowledgements of one connection until what they stand for is safe, many at a time: reading goes on meanwhile, so that
 * one sync of the disk serves all messages in flight. When too much is unsafe the reading stops, and with it the broker's sending.
 */
export class Acknowledger {
  readonly #accepted: () => Promise<void>
  #pubacks: (() => void)[] = []
  #waiting = 0
  #resume: (() => void) | undefined
  #running = false
  #stopped = false

  /** @param accepted resolves when everything received so far is safe */
  constructor(accepted: () => Promise<void>) {
    this.#accepted = accepted
  }

  /** Takes over the client's messages and its PUBACKs. */
  attach(client: MqttClient, received: (packet: IPublishPacket) => void): void {
    client.handleMessage = (packet, done) => {
      received(packet)
      this.#waiting++
      if (this.#waiting < MAX_WAITING) {
        done()
        return
      }
      this.#resume = done
      this.#run()
    }
    // mqtt.js reads the next message only after the PUBACK of this one; its way out is the one place where the two can be parted
    const inside = client as unknown as { _sendPacket: Send }
    const send = inside._sendPacket.bind(client)
    inside._sendPacket = (packet, done, ...rest) => {
      if (packet.cmd !== 'puback') return send(packet, done, ...rest)
      this.#pubacks.push(() => send(packet))
      this.#run()
      done?.()
    }
  }

  /** The connection is gone: what was not acknowledged will come again. */
  stop(): void {
    this.#stopped = true
    this.#pubacks = []
  }

  #run(): void {
    if (this.#running) return
    this.#running = true
    void this.#acceptAll()
  }

  async #acceptAll(): Promise<void> {
    while (!this.#stopped && (this.#pubacks.length > 0 || this.#resume !== undefined)) {
      // one turn, so that whatever has arrived already comes along
      await turn()
      const pubacks = this.#pubacks
      const resume = this.#resume
      this.#pubacks = []
      this.#resume = undefined
      this.#waiting = 0
      try {
        await this.#accepted()
      } catch {
        // not safe, not acknowledged
        this.#pubacks.unshift(...pubacks)
        this.#resume ??= resume
        await pause(RETRY, undefined, { ref: false })
        continue
      }
      if (this.#stopped) return
      for (const send of pubacks) send()
      resume?.()
    }
    this.#running = false
  }
}
