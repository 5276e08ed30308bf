import type { Outgoing } from '#notify/channels/channel.ts'

/** A message as the engine hands it to a channel. */
export function outgoing(address: string, text = 'CRITICAL #123 Level high', change: Partial<Outgoing> = {}): Outgoing {
  return {
    address,
    language: 'en',
    subject: text,
    text,
    lines: [text],
    key: 'synctide-1-1',
    thread: null,
    replyTo: null,
    acknowledge: { eventId: 7, url: null },
    silent: false,
    lastsSeconds: 3600,
    heardAt: null,
    ...change,
  }
}
