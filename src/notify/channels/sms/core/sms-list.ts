import { z } from 'zod'

/** An SMS in the store of the router. */
export interface StoredSms {
  /** Place in the store: used again when the SMS is deleted. */
  readonly id: string
  /** null before RutOS had an API. */
  readonly modem: string | null
  /** The router's local time, `2026-11-24 03:12:05`, or as its firmware writes it. */
  readonly date: string
  readonly sender: string
  readonly text: string
}

const listed = z.array(
  z.object({
    id: z.union([z.string(), z.number()]).transform(String),
    date: z.string(),
    sender: z.string(),
    message: z.string(),
    modem_id: z.string(),
  }),
)

/** `data` of `GET /api/messages/status`; undefined when it has another form. */
export function parseApiList(data: unknown): readonly StoredSms[] | undefined {
  const parsed = listed.safeParse(data)
  if (!parsed.success) return undefined
  return parsed.data.map(({ id, date, sender, message, modem_id: modem }) => ({ id, modem, date, sender, text: message }))
}

/**
 * The text of `/cgi-bin/sms_list`: blocks of `Index:`, `Date:`, `Sender:`, `Text:`, `Status:`, between lines of dashes. A text may have
 * several lines.
 */
export function parseTextList(text: string): readonly StoredSms[] {
  return text.split(/^-{10,}\s*$/m).flatMap((block): StoredSms[] => {
    const found = /^\s*Index:\s*(\d+)\s*\r?\nDate:\s*(.*?)\s*\r?\nSender:\s*(.*?)\s*\r?\nText:\s?([^]*?)\r?\nStatus:/m.exec(block)
    if (found === null) return []
    const [, id = '', date = '', sender = '', body = ''] = found
    return [{ id, modem: null, date, sender, text: body }]
  })
}

/** @returns milliseconds since 1970 that the wall clock would show were it UTC; undefined for a date that is not understood */
export function localMillis(date: string): number | undefined {
  const iso = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?/.exec(date)
  if (iso !== null) return Date.parse(`${iso[1]}-${iso[2]}-${iso[3]}T${iso[4]}:${iso[5]}:${iso[6] ?? '00'}Z`)
  // the older firmware writes `Tue Nov 24 03:12:05 2026`
  const parsed = /^\w{3} \w{3}\s+\d+ \d\d:\d\d:\d\d \d{4}$/.test(date) ? Date.parse(`${date} UTC`) : Number.NaN
  return Number.isNaN(parsed) ? undefined : parsed
}
