import type { Micros } from '#base/time.ts'
import type { Received } from './link.ts'

/** The newest message of a topic that was seen while somebody browsed. */
export interface SeenTopic {
  readonly topic: string
  readonly payload: Uint8Array
  readonly at: Micros
  readonly retained: boolean
}

const SPARKPLUG = 'spBv1.0/'
const MAX_TOPICS = 20_000
const MAX_PAYLOAD = 16_384

/** A bounded table of the plain topics at a broker: those that come after it is full are left out. */
export class TopicDiscovery {
  readonly #seen = new Map<string, SeenTopic>()
  #carriesSparkplug = false

  /** Edge nodes publish here too; what they say is no plain topic. */
  get carriesSparkplug(): boolean {
    return this.#carriesSparkplug
  }

  get topics(): Iterable<SeenTopic> {
    return this.#seen.values()
  }

  find(topic: string): SeenTopic | undefined {
    return this.#seen.get(topic)
  }

  see({ topic, payload, retained }: Received, at: Micros): void {
    if (topic.startsWith(SPARKPLUG)) this.#carriesSparkplug = true
    if (topic.startsWith(SPARKPLUG) || payload.length > MAX_PAYLOAD) return
    if (this.#seen.size >= MAX_TOPICS && !this.#seen.has(topic)) return
    this.#seen.set(topic, { topic, payload, at, retained })
  }
}
