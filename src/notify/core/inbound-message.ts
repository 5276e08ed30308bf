import type { MessageLanguage } from '#domain/contact.ts'
import type { Reply } from './reply.ts'

/** What somebody said or did on a channel, or what a provider tells of our own message, in the same words for every channel. */
export interface Inbound {
  readonly kind: 'reply' | 'start' | 'gone' | 'moved' | 'fate'
  /** Where it was said. */
  readonly chat: string
  readonly reply: Reply
  /** Of `start`: the token of the link; of `moved`: the new chat. */
  readonly token: string
  readonly from: { readonly firstName: string; readonly lastName: string; readonly language: MessageLanguage }
  /** The message itself, to answer it; of `fate`: the one of ours that it is about. */
  readonly message: string | null
  /** A button press that wants an answer. */
  readonly press: string | null
  /** Of `fate`: how far our message came. */
  readonly fate?: { readonly state: 'delivered' | 'read' | 'failed'; readonly reason: string | null; readonly parts: number | null }
}

/** A text said by somebody whose name and language the channel does not tell. */
export function plainReply(chat: string, text: string, more: Partial<Reply> & { message: string | null }): Inbound {
  const { message, ...reply } = more
  return {
    kind: 'reply',
    chat,
    token: '',
    from: { firstName: '', lastName: '', language: 'en' },
    message,
    press: null,
    reply: { kind: 'text', text, replyTo: null, writtenAt: 0, automatic: false, ...reply },
  }
}
