import type { Socket } from 'node:net'
import type { Millis } from '#base/time.ts'

const FAREWELL: Millis = 1000

/** FIN, and the end at the latest after a second. */
export async function hangUp(socket: Socket): Promise<void> {
  if (socket.closed) return
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  const timer = setTimeout(() => socket.destroy(), FAREWELL)
  socket.resume()
  socket.end()
  await closed
  clearTimeout(timer)
}
