import { once } from 'node:events'
import WebSocket from 'ws'
import type { LiveMessage, LiveRequest, LiveValue } from '#api/contract/live.ts'
import type { ApiSite, Credentials } from './api-site.ts'

/** A tab of a browser, with everything that it was sent. */
export interface LiveTab extends Disposable {
  readonly socket: WebSocket
  readonly messages: readonly LiveMessage[]
  subscribe(tagIds: readonly number[]): void
  /** Everything said of a tag, in order. */
  valuesOf(tagId: number): LiveValue[1][]
}

/** @throws Error with the status when it is refused */
export async function openTab(
  site: ApiSite,
  who: Credentials,
  { origin = `http://127.0.0.1:${site.port}`, autoPong = true }: { origin?: string; autoPong?: boolean } = {},
): Promise<LiveTab> {
  const headers = { cookie: who['cookie'] ?? '', origin }
  const socket = new WebSocket(`ws://127.0.0.1:${site.port}/api/live`, { headers, autoPong })
  const messages: LiveMessage[] = []
  // what our own server writes, as the contract types it
  socket.on('message', (data) => messages.push(JSON.parse((data as Buffer).toString('utf8')) as LiveMessage))
  await once(socket, 'open')
  return {
    socket,
    messages,
    subscribe(tagIds) {
      const request: LiveRequest = { type: 'subscribe', tagIds }
      socket.send(JSON.stringify(request))
    },
    valuesOf: (tagId) =>
      messages.flatMap((one) => (one.type === 'values' ? one.values.filter(([id]) => id === tagId).map(([, value]) => value) : [])),
    [Symbol.dispose]: () => socket.terminate(),
  }
}
