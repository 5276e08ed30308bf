import { ChannelError } from '#base/errors.ts'
import { parseTextList, type StoredSms } from './core/sms-list.ts'
import type { Router, RouterLogin } from './router-api.ts'
import { callRouter } from './router-http.ts'

/** Firmware up to 7.13: `/cgi-bin/sms_…` with a user and password of its own, answers of one word. */
export class RouterPostGet implements Router {
  readonly generation = 'Post/Get'
  readonly #login: RouterLogin

  constructor(login: RouterLogin) {
    this.#login = login
  }

  /** @throws ChannelError when it is not this firmware, or not this password */
  async open(signal: AbortSignal): Promise<void> {
    await this.#call('sms_total', {}, signal)
  }

  async send(number: string, text: string, signal: AbortSignal): Promise<undefined> {
    // the manual of this firmware wants 00 and no plus sign
    const said = (await this.#call('sms_send', { number: number.replace(/^\+/, '00'), text }, signal)).trim()
    if (/^OK\b/i.test(said)) return
    if (/WRONG_NUMBER/i.test(said)) {
      throw new ChannelError('address', `The router does not take the number ${number}.`, { remedy: 'Correct the number of the contact.' })
    }
    throw new ChannelError('rejected', `The router says: ${said.slice(0, 100)}`, { retriable: true })
  }

  async list(signal: AbortSignal): Promise<readonly StoredSms[]> {
    return parseTextList(await this.#call('sms_list', {}, signal))
  }

  async remove(messages: readonly StoredSms[], signal: AbortSignal): Promise<void> {
    for (const { id } of messages) await this.#call('sms_delete', { number: id }, signal)
  }

  async #call(action: string, parameters: Readonly<Record<string, string>>, signal: AbortSignal): Promise<string> {
    const { user, password } = this.#login
    // in the body: what stands in a URL comes into the logs of the router, the password first of all
    const body = new URLSearchParams({ username: user, password, ...parameters }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await callRouter(this.#login, { method: 'POST', path: `/cgi-bin/${action}`, headers, body }, signal)
    if (/bad username or password/i.test(answer.text) || answer.status === 401 || answer.status === 403) {
      throw new ChannelError('auth', 'The router does not accept user and password.', {
        remedy: 'With this firmware SMS has a user of its own: Services, Mobile utilities, SMS gateway, Post/Get.',
      })
    }
    if (answer.status !== 200) {
      throw new ChannelError(
        'unreachable',
        `The router answers ${answer.status} to ${action}, neither as RutOS nor as its older firmware.`,
        {
          remedy: 'Switch on the API (RutOS 7.14 and newer) or Post/Get in the SMS gateway (older), and check the address.',
        },
      )
    }
    return answer.text
  }
}
