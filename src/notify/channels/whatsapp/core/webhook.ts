import { z } from 'zod'
import type { Micros } from '#base/time.ts'
import { type Inbound, plainReply } from '../../../core/inbound-message.ts'
import { parsePhone } from '../../../core/phone.ts'

const said = z.looseObject({
  from: z.string(),
  id: z.string(),
  timestamp: z.string(),
  type: z.string(),
  text: z.looseObject({ body: z.string() }).optional(),
  context: z
    .looseObject({ id: z.string().optional(), forwarded: z.boolean().optional(), frequently_forwarded: z.boolean().optional() })
    .optional(),
  button: z.looseObject({ payload: z.string().optional(), text: z.string().optional() }).optional(),
  interactive: z.looseObject({ button_reply: z.looseObject({ id: z.string() }).optional() }).optional(),
  reaction: z.looseObject({ message_id: z.string(), emoji: z.string().optional() }).optional(),
  system: z.looseObject({ type: z.string().optional(), wa_id: z.string().optional(), new_wa_id: z.string().optional() }).optional(),
})
const status = z.looseObject({
  id: z.string(),
  status: z.string(),
  recipient_id: z.string().default(''),
  errors: z.array(z.looseObject({ code: z.number(), title: z.string().optional() })).optional(),
})
const notification = z.looseObject({
  object: z.literal('whatsapp_business_account'),
  entry: z.array(
    z.looseObject({
      changes: z.array(
        z.looseObject({
          value: z.looseObject({
            metadata: z.looseObject({ phone_number_id: z.string() }).optional(),
            messages: z.array(z.looseObject({ id: z.string() })).optional(),
            statuses: z.array(z.looseObject({ id: z.string(), status: z.string() })).optional(),
          }),
        }),
      ),
    }),
  ),
})

/** Every message and status in one call, each with an id of its own. @param phoneNumberId what is for other numbers is left out */
export function unpackNotification(raw: unknown, phoneNumberId: string): { id: string; raw: unknown }[] {
  const parsed = notification.safeParse(raw)
  if (!parsed.success) return []
  return parsed.data.entry
    .flatMap((entry) => entry.changes)
    .map((change) => change.value)
    .filter((value) => value.metadata === undefined || value.metadata.phone_number_id === phoneNumberId)
    .flatMap((value) => [
      ...(value.messages ?? []).map((one) => ({ id: one.id, raw: { message: one } })),
      ...(value.statuses ?? []).map((one) => ({ id: `${one.id}:${one.status}`, raw: { status: one } })),
    ])
}

/** @param raw one of {@link unpackNotification} */
export function parseWhatsapp(raw: unknown, receivedAt: Micros): Inbound | undefined {
  const one = z.object({ message: said }).safeParse(raw)
  if (one.success) return ofMessage(one.data.message, receivedAt)
  const state = z.object({ status }).safeParse(raw)
  return state.success ? ofStatus(state.data.status) : undefined
}

function ofMessage(one: z.infer<typeof said>, receivedAt: Micros): Inbound | undefined {
  const chat = phoneOf(one.from)
  const seconds = Number(one.timestamp)
  const reply = {
    message: one.id,
    writtenAt: seconds > 0 ? Math.min(seconds * 1_000_000, receivedAt) : receivedAt,
    replyTo: one.context?.id ?? null,
    automatic: one.context?.forwarded === true || one.context?.frequently_forwarded === true,
  }
  switch (one.type) {
    case 'text':
      return plainReply(chat, one.text?.body ?? '', reply)
    case 'button':
      return plainReply(chat, one.button?.payload ?? one.button?.text ?? '', { ...reply, kind: 'button' })
    case 'interactive':
      return plainReply(chat, one.interactive?.button_reply?.id ?? '', { ...reply, kind: 'button' })
    case 'reaction':
      // an empty one was taken back
      return plainReply(chat, one.reaction?.emoji ?? '', { ...reply, kind: 'reaction', replyTo: one.reaction?.message_id ?? null })
    case 'system': {
      const moved = one.system?.wa_id ?? one.system?.new_wa_id
      if (moved === undefined || one.system?.type === 'customer_identity_changed') return undefined
      return { ...plainReply(chat, '', { message: null }), kind: 'moved', token: phoneOf(moved) }
    }
    default:
      // pictures, voices, places and what is not supported say nothing that may be read
      return undefined
  }
}

function ofStatus(one: z.infer<typeof status>): Inbound | undefined {
  const state = one.status === 'delivered' || one.status === 'read' || one.status === 'failed' ? one.status : undefined
  if (state === undefined) return undefined
  const error = one.errors?.[0]
  const reason =
    state === 'failed' ? `WhatsApp could not deliver it${error === undefined ? '' : `: ${error.title ?? ''} (${error.code})`}` : null
  return { ...plainReply(phoneOf(one.recipient_id), '', { message: one.id }), kind: 'fate', fate: { state, reason, parts: null } }
}

function phoneOf(digits: string): string {
  return parsePhone(digits.startsWith('+') ? digits : `+${digits}`) ?? digits
}
