import type { Language } from '#domain/contact.ts'
import type { Reply } from './reply.ts'

/** What somebody said or did on a channel, in the same words for every channel. */
export interface Inbound {
  readonly kind: 'reply' | 'start' | 'gone' | 'moved'
  /** Where it was said. */
  readonly chat: string
  readonly reply: Reply
  /** Of `start`: the token of the link; of `moved`: the new chat. */
  readonly token: string
  readonly from: { readonly firstName: string; readonly lastName: string; readonly language: Language }
  /** The message itself, to answer it. */
  readonly message: string | null
  /** A button press that wants an answer. */
  readonly press: string | null
}
