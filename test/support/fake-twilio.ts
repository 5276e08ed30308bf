import { type Call, type Reply, ScriptedServer } from './scripted-server.ts'

interface Message {
  sid: string
  direction: 'inbound' | 'outbound-api'
  status: string
  from: string | null
  to: string
  body: string
  error_code: number | null
  error_message: string | null
  date_created: string
  date_updated: string
  date_sent: string
  messaging_service_sid: string | null
  num_segments: string
  content: { sid: string; variables: string } | null
  validity: number | null
}

/** Fields of POST Messages.json in Twilio's OpenAPI description (api_v2010, 2026-04). */
const FIELDS = new Set(
  `To From MessagingServiceSid Body MediaUrl ContentSid ContentVariables StatusCallback ApplicationSid MaxPrice ProvideFeedback Attempt
   ValidityPeriod ForceDelivery ContentRetention AddressRetention SmartEncoded PersistentAction ShortenUrls ScheduleType SendAt SendAsMms
   RiskCheck`.split(/\s+/),
)

/** The Messages resource of Twilio: business rules as its description does not hold them. */
export class FakeTwilio implements AsyncDisposable {
  readonly accountSid = `AC${'0123456789abcdef'.repeat(2)}`
  readonly authToken = 'twilio-auth-token-of-a-test'
  readonly from = '+15005550006'
  readonly server: ScriptedServer
  readonly messages: Message[] = []
  /** Numbers that answered STOP. */
  readonly stopped = new Set<string>()

  private constructor(server: ScriptedServer) {
    this.server = server
    server.answer = (call) => this.#answer(call)
  }

  static async start(): Promise<FakeTwilio> {
    return new FakeTwilio(await ScriptedServer.start((call) => call.method === 'POST'))
  }

  /** What left, oldest first. */
  get sent(): readonly Message[] {
    return this.messages.filter((one) => one.direction !== 'inbound')
  }

  /** Somebody writes to our number. */
  arrive(from: string, body: string, at = new Date()): void {
    const whatsapp = from.startsWith('whatsapp:') ? 'whatsapp:' : ''
    this.#add({ direction: 'inbound', status: 'received', from, to: `${whatsapp}${this.from}`, body }, at)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]()
  }

  #add(one: Pick<Message, 'direction' | 'status' | 'from' | 'to' | 'body'> & Partial<Message>, at = new Date()): Message {
    const sid = `SM${String(this.messages.length + 1).padStart(32, '0')}`
    const date = at.toUTCString().replace('GMT', '+0000')
    const made: Message = {
      sid,
      error_code: null,
      error_message: null,
      date_created: date,
      date_updated: date,
      date_sent: date,
      messaging_service_sid: null,
      num_segments: String(Math.max(1, Math.ceil(one.body.length / 160))),
      content: null,
      validity: null,
      ...one,
    }
    this.messages.push(made)
    return made
  }

  #answer({ method, url, headers, body }: Call): Reply {
    const basic = `Basic ${Buffer.from(`${this.accountSid}:${this.authToken}`).toString('base64')}`
    if (headers.authorization !== basic) return refuse(401, 20003, 'Authenticate')
    const root = `/2010-04-01/Accounts/${this.accountSid}`
    if (method === 'GET' && url.pathname === `${root}.json`) return { json: this.#account(root) }
    if (url.pathname !== `${root}/Messages.json`) return refuse(404, 20404, 'The requested resource was not found')
    if (method === 'GET') return { json: this.#list(url) }
    if (!(headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded'))
      return refuse(415, 20415, 'Unsupported media type')
    const fields = Object.fromEntries(new URLSearchParams(body))
    const stranger = Object.keys(fields).find((name) => !FIELDS.has(name))
    if (stranger !== undefined) return refuse(400, 20001, `Unknown parameter ${stranger}`)
    return this.#create(fields)
  }

  #create(fields: Readonly<Record<string, string>>): Reply {
    const {
      To: to = '',
      From: from,
      MessagingServiceSid: service,
      Body: text,
      ContentSid: template,
      ContentVariables: variables = '{}',
    } = fields
    if (!/^(whatsapp:)?\+[1-9]\d{7,14}$/.test(to)) return refuse(400, 21211, `Invalid 'To' Phone Number: ${to}`)
    if (from === undefined && service === undefined) return refuse(400, 21603, "A 'From' phone number is required.")
    if (text === undefined && template === undefined) return refuse(400, 21602, 'Message body is required.')
    if ((text ?? '').length > 1600) return refuse(400, 21617, 'The concatenated message body exceeds the 1600 character limit')
    if (this.stopped.has(to)) return refuse(400, 21610, 'Attempt to send to unsubscribed recipient')
    const validity = fields['ValidityPeriod'] === undefined ? null : Number(fields['ValidityPeriod'])
    if (validity !== null && !(validity >= 1 && validity <= 36_000)) return refuse(400, 21604, 'ValidityPeriod is out of range')
    const inWindow = this.messages.some((one) => one.direction === 'inbound' && one.from === to)
    const outside = to.startsWith('whatsapp:') && template === undefined && !inWindow
    const made = this.#add({
      direction: 'outbound-api',
      // a message outside of the window is taken, and fails later
      status: outside ? 'failed' : 'queued',
      ...(outside ? { error_code: 63_016, error_message: 'Outside the allowed window' } : {}),
      from: from ?? null,
      messaging_service_sid: service ?? null,
      to,
      body: text ?? '',
      content: template === undefined ? null : { sid: template, variables },
      validity,
    })
    return { status: 201, json: { ...this.#shown(made), status: 'queued', error_code: null, error_message: null } }
  }

  /** The resource as Twilio tells it. */
  #shown({ content: _content, validity: _validity, ...one }: Message): Readonly<Record<string, unknown>> {
    const uri = `/2010-04-01/Accounts/${this.accountSid}/Messages/${one.sid}`
    const rest = { account_sid: this.accountSid, api_version: '2010-04-01', num_media: '0', price: null, price_unit: null }
    return { ...one, ...rest, uri: `${uri}.json`, subresource_uris: { media: `${uri}/Media.json` } }
  }

  #account(root: string): unknown {
    const date = 'Tue, 24 Nov 2026 05:01:45 +0000'
    return {
      sid: this.accountSid,
      owner_account_sid: this.accountSid,
      friendly_name: 'Plant',
      auth_token: this.authToken,
      status: 'active',
      type: 'Full',
      date_created: date,
      date_updated: date,
      uri: `${root}.json`,
      subresource_uris: { messages: `${root}/Messages.json` },
    }
  }

  #list(url: URL): unknown {
    const to = url.searchParams.get('To')
    const since = url.searchParams.get('DateSent>')
    const found = this.messages
      .filter((one) => (to === null || one.to === to) && (since === null || new Date(one.date_sent).toISOString().slice(0, 10) >= since))
      .toReversed()
    const uri = `${url.pathname}${url.search}`
    return {
      messages: found.map((one) => this.#shown(one)),
      first_page_uri: `${uri}&Page=0`,
      next_page_uri: null,
      previous_page_uri: null,
      uri,
      page: 0,
      page_size: Number(url.searchParams.get('PageSize') ?? 50),
      start: 0,
      end: Math.max(0, found.length - 1),
    }
  }
}

function refuse(status: number, code: number, message: string): Reply {
  return { status, json: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status } }
}
