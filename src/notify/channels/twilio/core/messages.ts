import { z } from 'zod'
import type { Micros } from '#base/time.ts'
import { type Inbound, plainReply } from '../../../core/inbound-message.ts'
import { parsePhone } from '../../../core/phone.ts'

/** What a poll kept: the Messages resource as listed. */
const listed = z.looseObject({
  sid: z.string(),
  direction: z.string(),
  status: z.string(),
  from: z.string().nullable(),
  to: z.string().nullish(),
  body: z.string().nullable(),
  num_segments: z.string().nullish(),
  error_code: z.number().nullish(),
  error_message: z.string().nullish(),
  date_sent: z.string().nullish(),
  date_created: z.string().nullish(),
})

/** What the webhook kept: its form. */
const posted = z.looseObject({
  MessageSid: z.string(),
  MessageStatus: z.string().optional(),
  From: z.string().default(''),
  To: z.string().default(''),
  Body: z.string().default(''),
  ErrorCode: z.string().optional(),
  ButtonPayload: z.string().optional(),
  OriginalRepliedMessageSid: z.string().optional(),
  Forwarded: z.string().optional(),
  FrequentlyForwarded: z.string().optional(),
})

/** @param receivedAt a webhook carries no time of its own */
export function parseTwilio(raw: unknown, receivedAt: Micros): Inbound | undefined {
  const hook = posted.safeParse(raw)
  if (hook.success) return ofWebhook(hook.data, receivedAt)
  const one = listed.safeParse(raw)
  return one.success ? ofListed(one.data, receivedAt) : undefined
}

function ofWebhook(hook: z.infer<typeof posted>, receivedAt: Micros): Inbound | undefined {
  const { MessageStatus: status, ErrorCode: code } = hook
  if (status !== undefined && status !== 'received' && status !== 'receiving') {
    return fateOf(hook.MessageSid, phoneOf(hook.To), status, code === undefined ? null : Number(code), null, null)
  }
  const button = hook.ButtonPayload
  return plainReply(phoneOf(hook.From), button ?? hook.Body, {
    message: hook.MessageSid,
    kind: button === undefined ? 'text' : 'button',
    replyTo: hook.OriginalRepliedMessageSid ?? null,
    writtenAt: receivedAt,
    automatic: hook.Forwarded === 'true' || hook.FrequentlyForwarded === 'true' || !isPhone(hook.From),
  })
}

function ofListed(one: z.infer<typeof listed>, receivedAt: Micros): Inbound | undefined {
  if (one.direction !== 'inbound') {
    const parts = Number(one.num_segments ?? '')
    return fateOf(one.sid, phoneOf(one.to ?? ''), one.status, one.error_code ?? null, one.error_message ?? null, parts > 0 ? parts : null)
  }
  const sent = Date.parse(one.date_sent ?? one.date_created ?? '')
  return plainReply(phoneOf(one.from ?? ''), one.body ?? '', {
    message: one.sid,
    writtenAt: Number.isNaN(sent) ? receivedAt : Math.min(sent * 1000, receivedAt),
    automatic: !isPhone(one.from ?? ''),
  })
}

function fateOf(
  sid: string,
  chat: string,
  status: string,
  code: number | null,
  said: string | null,
  parts: number | null,
): Inbound | undefined {
  const state =
    status === 'delivered'
      ? 'delivered'
      : status === 'read'
        ? 'read'
        : status === 'failed' || status === 'undelivered'
          ? 'failed'
          : undefined
  if (state === undefined) return undefined
  const reason =
    state === 'failed' ? `Twilio could not deliver it${said === null ? '' : `: ${said}`}${code === null ? '' : ` (${code})`}` : null
  return { ...plainReply(chat, '', { message: sid }), kind: 'fate', fate: { state, reason, parts } }
}

/** `whatsapp:+351912345678` */
function phoneOf(address: string): string {
  const plain = address.replace(/^whatsapp:/, '')
  return parsePhone(plain) ?? plain
}

function isPhone(address: string): boolean {
  return parsePhone(address.replace(/^whatsapp:/, '')) !== undefined
}
