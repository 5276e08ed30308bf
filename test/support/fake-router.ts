import { type Call, type Reply, ScriptedServer } from './scripted-server.ts'

interface Sms {
  id: string
  date: string
  sender: string
  message: string
}

export interface RouterOptions {
  /** api: RutOS from 7.14; post-get: before; between: the one whose log-in answers ubus_rpc_session */
  readonly generation?: 'api' | 'post-get' | 'between'
  readonly tls?: { key: string; cert: string }
  readonly modem?: string
}

const USER = 'alarms'
const PASSWORD = 'router-password'
/** As many SMS as a SIM card keeps; further ones are lost. */
const STORE = 10

/** A Teltonika router as strict as the real one: field names, the modem by name, tokens that end, a small store. */
export class FakeRouter implements AsyncDisposable {
  readonly server: ScriptedServer
  readonly user = USER
  readonly password = PASSWORD
  /** What left by the modem. */
  readonly sent: { number: string; text: string }[] = []
  readonly store: Sms[] = []
  logins = 0
  readonly #tokens = new Set<string>()

  private constructor(server: ScriptedServer, generation: RouterOptions['generation'], modem: string) {
    this.server = server
    server.answer = (call) =>
      generation === 'api' ? this.#api(call, modem) : generation === 'between' ? between(call) : this.#postGet(call)
  }

  static async start({ generation = 'api', tls, modem = '3-1' }: RouterOptions = {}): Promise<FakeRouter> {
    const server = await ScriptedServer.start((call) => call.url.pathname.endsWith('send'), tls)
    return new FakeRouter(server, generation, modem)
  }

  /** An SMS arrives at the router. @param date its local time, now unless told */
  arrive(sender: string, message: string, date = localNow()): void {
    if (this.store.length >= STORE) return
    // places are used again: the lowest free one
    const free = Array.from({ length: STORE }, (_, index) => String(index)).find((id) => !this.store.some((one) => one.id === id))
    this.store.push({ id: free ?? '', date, sender, message })
  }

  /** Every token ends now, as after five minutes. */
  expire(): void {
    this.#tokens.clear()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]()
  }

  #api({ method, url, headers, body }: Call, modem: string): Reply {
    const given = body === '' ? {} : (JSON.parse(body) as Record<string, unknown>)
    if (`${method} ${url.pathname}` === 'POST /api/login') {
      this.logins++
      if (given['username'] !== USER || given['password'] !== PASSWORD) {
        return {
          status: 401,
          json: { success: false, errors: [{ code: 120, error: 'Login failed for any reason', source: 'Authorization' }] },
        }
      }
      const token = `token-${this.logins}`
      this.#tokens.add(token)
      return { json: { success: true, data: { username: USER, token, expires: 299 } } }
    }
    if (!this.#tokens.has((headers.authorization ?? '').replace(/^Bearer /, ''))) {
      return { status: 401, json: { success: false, errors: [{ code: 123, error: 'Unauthorized access', source: 'Authorization' }] } }
    }
    const data = (given['data'] ?? {}) as Record<string, unknown>
    switch (`${method} ${url.pathname}`) {
      case 'GET /api/modems/status':
        return { json: { success: true, data: [{ id: modem, model: 'EC200A', state: 'registered' }] } }
      case 'POST /api/messages/actions/send': {
        const { number, message, modem: by } = data
        if (Object.keys(data).some((name) => !['number', 'message', 'modem'].includes(name)) || by !== modem) {
          return { status: 422, json: { success: false, errors: [{ code: 102, error: 'Invalid modem', source: 'modem' }] } }
        }
        if (typeof number !== 'string' || !/^(\+|00)\d{8,15}$/.test(number)) {
          return { status: 422, json: { success: false, errors: [{ code: 103, error: 'Invalid number', source: 'number' }] } }
        }
        this.sent.push({ number, text: String(message) })
        return { json: { success: true, data: { sms_used: Math.ceil(String(message).length / 160) } } }
      }
      case 'GET /api/messages/status':
        return { json: { success: true, data: this.store.map((one) => ({ ...one, status: 'read', modem_id: modem })) } }
      case 'POST /api/messages/actions/remove_messages': {
        for (const id of data['sms_id'] as string[]) {
          const at = this.store.findIndex((one) => one.id === id)
          if (at === -1) {
            return {
              status: 404,
              json: { success: false, errors: [{ code: 113, source: 'sms_id', error: `SMS with ID=${id} was not found` }] },
            }
          }
          this.store.splice(at, 1)
        }
        return { json: { success: true, data: {} } }
      }
      default:
        return { status: 404, json: { success: false, errors: [{ code: 122, error: 'Function not found', source: 'General' }] } }
    }
  }

  #postGet({ url, body }: Call): Reply {
    const fields = Object.fromEntries(new URLSearchParams(body === '' ? url.search : body))
    const action = /^\/cgi-bin\/(sms_\w+)$/.exec(url.pathname)?.[1]
    if (action === undefined) return { status: 404, text: '<html>Not Found</html>' }
    if (fields['username'] !== USER || fields['password'] !== PASSWORD) return { text: 'Bad username or password' }
    switch (action) {
      case 'sms_total':
        return { text: `Used: ${this.store.length}\nTotal: ${STORE}` }
      case 'sms_send':
        if (!/^00\d{8,15}$/.test(fields['number'] ?? '')) return { text: 'WRONG_NUMBER' }
        if ((fields['text'] ?? '').length > 160) return { text: 'ERROR' }
        this.sent.push({ number: fields['number'] ?? '', text: fields['text'] ?? '' })
        return { text: 'OK\n' }
      case 'sms_list':
        return {
          text: this.store
            .map(
              (one) =>
                `Index: ${one.id}\nDate: ${one.date}\nSender: ${one.sender}\nText: ${one.message}\nStatus: read\n${'-'.repeat(30)}\n`,
            )
            .join(''),
        }
      case 'sms_delete': {
        const at = this.store.findIndex((one) => one.id === fields['number'])
        if (at !== -1) this.store.splice(at, 1)
        return { text: 'OK\n' }
      }
      default:
        return { status: 404, text: 'Not Found' }
    }
  }
}

function between({ url }: Call): Reply {
  return url.pathname === '/api/login' ? { json: { ubus_rpc_session: 'c1ed6c7b025d0caca723a816fa61b668' } } : { status: 404, text: '' }
}

/** `2026-11-24 03:12:05`, where this machine is. */
function localNow(): string {
  return Temporal.Now.plainDateTimeISO().toString({ smallestUnit: 'second' }).replace('T', ' ')
}
