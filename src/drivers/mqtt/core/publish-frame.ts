import { onOneLine } from './on-one-line.ts'
import { readPayload } from './sparkplug-payload.ts'
import { parseTopic } from './sparkplug-topic.ts'

const utf8 = new TextEncoder()
const text = new TextDecoder()

/** @returns a message as the PUBLISH packet it was (MQTT 3.1.1, 3.3), for the frame log; packet identifier 0 */
export function publishFrame(topic: string, payload: Uint8Array, qos: number, retained: boolean): Uint8Array {
  const name = isAscii(topic) ? null : utf8.encode(topic)
  const nameLength = name?.length ?? topic.length
  const length = 2 + nameLength + (qos > 0 ? 2 : 0) + payload.length
  const digits = length < 0x80 ? 1 : length < 0x4000 ? 2 : length < 0x20_0000 ? 3 : 4
  const frame = new Uint8Array(1 + digits + length)
  frame[0] = 0x30 | (qos << 1) | (retained ? 1 : 0)
  for (let digit = 0, rest = length; digit < digits; digit++, rest >>>= 7) frame[1 + digit] = (rest & 0x7f) | (rest > 0x7f ? 0x80 : 0)
  const at = 1 + digits
  frame[at] = nameLength >> 8
  frame[at + 1] = nameLength & 0xff
  if (name === null) for (let index = 0; index < nameLength; index++) frame[at + 2 + index] = topic.charCodeAt(index)
  else frame.set(name, at + 2)
  frame.set(payload, frame.length - payload.length)
  return frame
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) return false
  return true
}

/** @returns a frame of the log in words: topic, quality of service, and what is in it */
export function describePublish(frame: Uint8Array): string {
  const first = frame[0] ?? 0
  if (first >> 4 !== 3) return `${frame.length} bytes that are no PUBLISH`
  let at = 1
  while (((frame[at] ?? 0) & 0x80) !== 0) at++
  at++
  const length = ((frame[at] ?? 0) << 8) | (frame[at + 1] ?? 0)
  const topic = text.decode(frame.subarray(at + 2, at + 2 + length))
  const qos = (first >> 1) & 3
  const payload = frame.subarray(at + 2 + length + (qos > 0 ? 2 : 0))
  return `${topic} (QoS ${qos}${(first & 1) === 1 ? ', retained' : ''}): ${describePayload(topic, payload)}`
}

const LONGEST = 200

function describePayload(topic: string, payload: Uint8Array): string {
  if (parseTopic(topic) === undefined) return onOneLine(text.decode(payload), LONGEST)
  const read = readPayload(payload)
  if (read === undefined) return `${payload.length} bytes that are no Sparkplug B payload`
  const metrics = read.metrics
    .slice(0, 5)
    .map((metric) => `${metric.name === '' ? `alias ${metric.alias}` : metric.name}=${plain(metric.value)}`)
  const more = read.metrics.length > metrics.length ? `, … ${read.metrics.length} metrics` : ''
  return `seq ${read.seq < 0 ? 'none' : read.seq}; ${metrics.join(', ')}${more}`
}

function plain(value: unknown): string {
  return typeof value === 'object' && value !== null ? (value instanceof Uint8Array ? `<${value.length} bytes>` : '{…}') : String(value)
}
