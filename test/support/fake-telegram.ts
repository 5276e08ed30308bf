import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** A message that the bot sent, as the chat shows it now. */
export interface ChatMessage {
  readonly chat: number
  readonly id: number
  readonly text: string
  readonly silent: boolean
  readonly replyTo: number | undefined
  /** Data of the buttons under it. */
  buttons: readonly string[]
}

export interface Person {
  readonly id: number
  readonly first_name: string
  readonly last_name?: string
}

export const ANA: Person = { id: 71_001, first_name: 'Ana', last_name: 'sousa' }
export const RUI: Person = { id: 71_002, first_name: 'Rui' }

const BOT = { id: 900_001, is_bot: true, first_name: 'SyncTide', username: 'plant_alarm_bot' }

type Parameters = Readonly<Record<string, unknown>>
type Fault = 'swallow' | { readonly code: number; readonly description: string; readonly parameters?: Parameters }

/** Parameters that each method takes; others are refused, as a slip in a name would otherwise pass unseen. */
const METHODS: Readonly<Record<string, readonly string[]>> = {
  getMe: [],
  getUpdates: ['offset', 'limit', 'timeout', 'allowed_updates'],
  sendMessage: ['chat_id', 'text', 'link_preview_options', 'disable_notification', 'reply_parameters', 'reply_markup'],
  editMessageReplyMarkup: ['chat_id', 'message_id', 'reply_markup'],
  answerCallbackQuery: ['callback_query_id', 'text'],
}

/** A server that speaks the Bot API: private chats of people who pressed Start, updates kept until confirmed, faults on demand. */
export class FakeTelegram implements AsyncDisposable {
  readonly token = '900001:test-token-of-a-bot-that-is-not'
  readonly messages: ChatMessage[] = []
  readonly presses: { id: string; text: string }[] = []
  /** Everything asked and answered. */
  readonly calls: { readonly method: string; readonly given: Parameters; readonly answer: unknown }[] = []
  /** Calls that somebody made, heard or not, but those that wait for updates. */
  tries = 0
  /** Offsets asked with, newest last. */
  readonly offsets: (number | undefined)[] = []
  readonly #server = createServer((request, response) => void this.#serve(request, response))
  readonly #chats = new Map<number, 'open' | 'blocked'>()
  readonly #faults: Fault[] = []
  #updates: { update_id: number; [kind: string]: unknown }[] = []
  #allowed: readonly string[] = []
  #waiting: (() => void) | undefined
  #ids = 100
  #closed = false
  /** Awaited before a message is answered: holds it in flight. */
  gate: Promise<void> | undefined
  /**
   * Asked at each step of a call: before anything is accepted, after it was and nothing is answered yet, and when the answer is on its way.
   * What it returns is waited for. Whoever hangs up meanwhile has not been heard.
   */
  at: ((step: 'before' | 'accepted' | 'answered', method: string, text: string, chat?: unknown) => Promise<void> | undefined) | undefined
  /** Nobody reaches it: connections are refused, or nothing is ever answered. */
  down: 'refused' | 'hanging' | undefined
  /** How long a message travels before it arrives. */
  latencyMillis = 0
  url = ''

  static async start(...people: readonly Person[]): Promise<FakeTelegram> {
    const fake = new FakeTelegram()
    for (const person of people) fake.#chats.set(person.id, 'open')
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve))
    fake.url = `http://127.0.0.1:${(fake.#server.address() as AddressInfo).port}`
    return fake
  }

  in(chat: number): readonly ChatMessage[] {
    return this.messages.filter((one) => one.chat === chat)
  }

  /** The next sends fail so, one after the other. */
  fail(...faults: readonly Fault[]): void {
    this.#faults.push(...faults)
  }

  block(person: Person): void {
    this.#chats.set(person.id, 'blocked')
    this.#push('my_chat_member', {
      chat: chatOf(person),
      from: { ...person, is_bot: false },
      date: now(),
      old_chat_member: { user: BOT, status: 'member' },
      new_chat_member: { user: BOT, status: 'kicked', until_date: 0 },
    })
  }

  say(person: Person, text: string, more: { replyTo?: number; secondsFromNow?: number; [field: string]: unknown } = {}): void {
    const { replyTo, secondsFromNow = 6, ...rest } = more
    if (text.startsWith('/start')) this.#chats.set(person.id, 'open')
    this.#push('message', {
      message_id: ++this.#ids,
      from: { ...person, is_bot: false, language_code: 'pt' },
      chat: chatOf(person),
      // what was told a moment ago counts as unread: by default people take their time
      date: now() + secondsFromNow,
      text,
      ...(replyTo === undefined ? {} : { reply_to_message: { message_id: replyTo, chat: chatOf(person), date: now(), from: BOT } }),
      ...rest,
    })
  }

  press(person: Person, message: ChatMessage): void {
    this.#push('callback_query', {
      id: `press-${++this.#ids}`,
      from: { ...person, is_bot: false },
      message: { message_id: message.id, chat: chatOf(person), date: now(), text: message.text },
      chat_instance: '1',
      data: message.buttons[0] ?? '',
    })
  }

  react(person: Person, message: ChatMessage, emoji: string): void {
    this.#push('message_reaction', {
      chat: chatOf(person),
      message_id: message.id,
      user: { ...person, is_bot: false },
      date: now(),
      old_reaction: [],
      new_reaction: [{ type: 'emoji', emoji }],
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    this.#waiting?.()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #push(kind: string, body: Parameters): void {
    this.#updates.push({ update_id: ++this.#ids, [kind]: body })
    this.#waiting?.()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    if (request.url?.endsWith('/getUpdates') !== true) this.tries++
    if (this.down === 'hanging') return
    if (this.down === 'refused') return void request.socket.destroy()
    const match = /^\/bot([^/]+)\/(\w+)$/.exec(request.url ?? '')
    const reply = (status: number, body: unknown): void => {
      this.calls.push({ method, given, answer: body })
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    const refuse = (code: number, description: string, parameters?: Parameters): void =>
      reply(code, { ok: false, error_code: code, description, ...(parameters === undefined ? {} : { parameters }) })
    const method = match?.[2] ?? ''
    const given = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Parameters
    if (match?.[1] !== this.token) return refuse(401, 'Unauthorized')
    const known = METHODS[method]
    if (known === undefined) return refuse(404, 'Not Found')
    const stranger = Object.keys(given).find((name) => !known.includes(name))
    if (stranger !== undefined) return refuse(400, `Bad Request: unknown parameter ${stranger}`)
    if (method === 'getMe') return reply(200, { ok: true, result: BOT })
    if (method === 'getUpdates') {
      const result = await this.#fetch(given, request)
      reply(200, { ok: true, result })
      if (result.length > 0) void this.at?.('answered', method, '')
      return
    }
    if (method === 'answerCallbackQuery') {
      this.presses.push({ id: String(given['callback_query_id']), text: String(given['text']) })
      return reply(200, { ok: true, result: true })
    }
    if (method === 'editMessageReplyMarkup') {
      const message = this.messages.find((one) => one.chat === given['chat_id'] && one.id === given['message_id'])
      if (message === undefined) return refuse(400, 'Bad Request: message to edit not found')
      if (message.buttons.length === 0) return refuse(400, 'Bad Request: message is not modified')
      message.buttons = []
      const { id, chat, text } = message
      return reply(200, {
        ok: true,
        result: { message_id: id, date: now(), edit_date: now(), chat: { id: chat, type: 'private' }, from: BOT, text },
      })
    }
    const chat = given['chat_id']
    const text = given['text']
    if (typeof chat !== 'number' || !this.#chats.has(chat)) return refuse(400, 'Bad Request: chat not found')
    if (this.#chats.get(chat) === 'blocked') return refuse(403, 'Forbidden: bot was blocked by the user')
    if (typeof text !== 'string' || text === '' || text.length > 4096) return refuse(400, 'Bad Request: message text is empty')
    const fault = this.#faults.shift()
    if (fault !== undefined && fault !== 'swallow') return refuse(fault.code, fault.description, fault.parameters)
    await this.at?.('before', method, text, chat)
    if (request.socket.destroyed) return
    if (this.latencyMillis > 0) await delay(this.latencyMillis)
    const message = messageOf(++this.#ids, chat, text, given)
    this.messages.push(message)
    if (fault === 'swallow') return void request.socket.destroy()
    await this.gate
    await this.at?.('accepted', method, text, chat)
    reply(200, { ok: true, result: { message_id: message.id, date: now(), chat: { id: chat, type: 'private' }, from: BOT, text } })
    void this.at?.('answered', method, text, chat)
  }

  /** Confirms what lies before the offset and waits for something to tell. */
  async #fetch(given: Parameters, request: IncomingMessage): Promise<readonly unknown[]> {
    const offset = given['offset']
    this.offsets.push(typeof offset === 'number' ? offset : undefined)
    if (typeof offset === 'number') this.#updates = this.#updates.filter((one) => one.update_id >= offset)
    this.#allowed = given['allowed_updates'] as readonly string[]
    if (this.#updates.length === 0 && !this.#closed) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#waiting = resolve
      request.socket.once('close', resolve)
      await promise
      request.socket.off('close', resolve)
    }
    return this.#updates.filter((one) => this.#allowed.some((kind) => kind in one)).slice(0, Number(given['limit'] ?? 100))
  }
}

function messageOf(id: number, chat: number, text: string, given: Parameters): ChatMessage {
  const markup = given['reply_markup'] as { inline_keyboard: { callback_data: string }[][] } | undefined
  const reply = given['reply_parameters'] as { message_id: number } | undefined
  return {
    chat,
    id,
    text,
    silent: given['disable_notification'] === true,
    replyTo: reply?.message_id,
    buttons: (markup?.inline_keyboard ?? []).flat().map((one) => one.callback_data),
  }
}

function chatOf(person: Person): Parameters {
  return { id: person.id, type: 'private', first_name: person.first_name }
}

function now(): number {
  return Math.floor(Date.now() / 1000)
}
