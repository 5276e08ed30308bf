import { createHmac } from 'node:crypto'
import { type Call, type Reply, ScriptedServer } from './scripted-server.ts'

type Body = Readonly<Record<string, unknown>>

/** What somebody does in a chat. */
export type Arrival =
  | { readonly type: 'text'; readonly text: { readonly body: string } }
  | { readonly type: 'button'; readonly button: { readonly payload: string; readonly text: string } }
  | {
      readonly type: 'interactive'
      readonly interactive: { readonly type: 'button_reply'; readonly button_reply: { readonly id: string; readonly title: string } }
    }
  | { readonly type: 'reaction'; readonly reaction: { readonly message_id: string; readonly emoji: string } }
  | { readonly type: 'system'; readonly system: { readonly type: 'user_changed_number'; readonly wa_id: string; readonly body: string } }
  | { readonly type: 'unsupported'; readonly errors: readonly Body[] }

const UNKNOWN_TYPE = {
  code: 131_051,
  title: 'Message type unknown',
  message: 'Message type unknown',
  error_data: { details: 'Message type is currently not supported.' },
}
/** A voice message, a survey: nothing that can be read. */
export const UNSUPPORTED: Arrival = { type: 'unsupported', errors: [UNKNOWN_TYPE] }

/** The messages endpoint of WhatsApp's Cloud API, and what Meta posts to a webhook. */
export class FakeMeta implements AsyncDisposable {
  readonly phoneNumberId = '106540352242922'
  readonly accessToken = 'EAAG-a-permanent-token-of-a-test'
  readonly appSecret = 'app-secret-of-a-test'
  readonly verifyToken = 'word-of-our-own'
  readonly server: ScriptedServer
  /** What was accepted, oldest first. */
  readonly sent: Body[] = []
  /** Numbers that wrote within a day. */
  readonly open = new Set<string>()
  readonly without = new Set<string>()
  #arrivals = 0

  private constructor(server: ScriptedServer) {
    this.server = server
    server.answer = (call) => this.#answer(call)
  }

  static async start(): Promise<FakeMeta> {
    return new FakeMeta(await ScriptedServer.start((call) => call.method === 'POST'))
  }

  /** What somebody does, as it stands among the messages of a notification; it answers `target` where one is given. */
  arrived(from: string, what: Arrival, target?: string, id = `wamid.in${++this.#arrivals}`): Body {
    const context = target === undefined ? {} : { context: { from: '15550783881', id: target } }
    return { from, id, timestamp: String(Math.floor(Date.now() / 1000)), ...what, ...context }
  }

  /** A notification as Meta posts it, with its signature. */
  notify(value: Body): { body: string; signature: string } {
    const metadata = { display_phone_number: '15550783881', phone_number_id: this.phoneNumberId }
    const body = JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [{ id: '102290129340398', changes: [{ field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...value } }] }],
    })
    return { body, signature: `sha256=${createHmac('sha256', this.appSecret).update(body).digest('hex')}` }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]()
  }

  #answer({ method, url, headers, body }: Call): Reply {
    if (headers.authorization !== `Bearer ${this.accessToken}`) return refuse(401, 190, 'Error validating access token')
    if (method === 'GET') return { json: { id: this.phoneNumberId, display_phone_number: '+1 555-078-3881', verified_name: 'Plant' } }
    if (url.pathname !== `/v23.0/${this.phoneNumberId}/messages`) return refuse(400, 100, 'Unsupported post request')
    const given = JSON.parse(body) as Body
    const { type, to } = given
    const known = new Set(['messaging_product', 'recipient_type', 'to', 'type', 'context', String(type)])
    const stranger = Object.keys(given).find((name) => !known.has(name))
    if (stranger !== undefined) return refuse(400, 100, `(#100) Unexpected key "${stranger}"`)
    if (given['messaging_product'] !== 'whatsapp' || typeof to !== 'string' || !/^\d{8,15}$/.test(to)) {
      return refuse(400, 100, '(#100) Invalid parameter')
    }
    if (this.without.has(to)) return refuse(400, 131_026, 'Message undeliverable')
    if (type === 'template') {
      const template = given['template'] as {
        name?: string
        language?: { code?: string; policy?: string }
        components?: { type: string; parameters: { text?: string }[] }[]
      }
      const variable = template.components?.find((one) => one.type === 'body')?.parameters[0]?.text ?? ''
      if (template.name === undefined || template.language?.code === undefined || template.language.policy !== 'deterministic')
        return refuse(400, 132_000, 'Template parameters do not match')
      if (/[\n\t]| {5}/.test(variable) || variable === '') return refuse(400, 132_018, 'Param text cannot have new-line/tab characters')
    } else if (!this.open.has(to)) return refuse(400, 131_047, 'Re-engagement message')
    else if (type === 'text' && typeof (given['text'] as Body | undefined)?.['body'] !== 'string')
      return refuse(400, 100, '(#100) text.body is required')
    this.sent.push(given)
    return {
      json: {
        messaging_product: 'whatsapp',
        contacts: [{ input: to, wa_id: to }],
        messages: [{ id: `wamid.${this.sent.length}`, message_status: 'accepted' }],
      },
    }
  }
}

function refuse(status: number, code: number, message: string): Reply {
  return { status, json: { error: { message, type: 'OAuthException', code, fbtrace_id: 'A1' } } }
}
