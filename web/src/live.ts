import type { LiveMessage, LiveRequest } from '#api/contract/live.ts'
import { LiveStore } from './live/store.ts'

/** The one store of this tab. */
export const live = new LiveStore(
  () => performance.now(),
  () => Date.now() * 1000,
)

type EventListener = (event: Extract<LiveMessage, { type: 'alarms' | 'config' | 'bye' }>) => void
const eventListeners = new Set<EventListener>()

let socket: WebSocket | null = null
let running = false
let attempt = 0
let retryTimer: ReturnType<typeof setTimeout> | undefined
let beatTimer: ReturnType<typeof setInterval> | undefined
let asking = false
let asked = ''

/** Alarms and configuration that changed, and the end of the session. @returns the function that ends listening. */
export function onEvent(listener: EventListener): () => void {
  eventListeners.add(listener)
  return () => eventListeners.delete(listener)
}

/** Opens the stream and keeps it open: 1 to 15 s between attempts, with jitter. */
export function startLive(): void {
  if (running) return
  running = true
  beatTimer = setInterval(() => live.check(), 1000)
  connect()
}

/** Closes the stream and forgets everything: log out. */
export function stopLive(): void {
  running = false
  clearTimeout(retryTimer)
  clearInterval(beatTimer)
  const old = socket
  socket = null
  old?.close()
  live.clear()
}

/** Wants values of these tags until the returned function is called. */
export function wantTags(tagIds: readonly number[]): () => void {
  return live.want(tagIds, ask)
}

function connect(): void {
  const opened = new WebSocket(`${window.location.protocol === 'https:' ? 'wss' : 'ws'}://${window.location.host}/api/live`)
  socket = opened
  opened.addEventListener('open', () => {
    attempt = 0
    asked = ''
    ask()
  })
  opened.addEventListener('message', (event) => {
    if (socket === opened && typeof event.data === 'string') take(JSON.parse(event.data) as LiveMessage)
  })
  opened.addEventListener('close', () => {
    if (socket !== opened) return
    socket = null
    live.disconnected()
    if (running) retryTimer = setTimeout(connect, Math.min(15_000, 1000 * 2 ** attempt++) * (0.5 + Math.random() / 2))
  })
}

function take(message: LiveMessage): void {
  live.take(message)
  if (message.type === 'values' && performance.getEntriesByName('first-live').length === 0) performance.mark('first-live')
  if (message.type === 'alarms' || message.type === 'config' || message.type === 'bye') {
    for (const listener of eventListeners) listener(message)
  }
}

/** One request however many cells come and go while a page is drawn. */
function ask(): void {
  if (asking) return
  asking = true
  queueMicrotask(() => {
    asking = false
    const tagIds = live.wanted()
    const text = JSON.stringify({ type: 'subscribe', tagIds } satisfies LiveRequest)
    if (socket?.readyState !== WebSocket.OPEN || text === asked) return
    asked = text
    socket.send(text)
  })
}

// A phone that wakes up has a dead socket and does not know it yet: ask now instead of after the next back-off.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState !== 'visible' || !running) return
  live.check()
  if (socket === null) {
    clearTimeout(retryTimer)
    attempt = 0
    connect()
  }
})
