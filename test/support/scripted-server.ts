import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo } from 'node:net'

/** What the next call meets: nothing before or after it was accepted, an answer of another kind, silence. */
export type Misbehaviour =
  | 'drop-before'
  | 'drop-after'
  | 'hang'
  | { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> }

export interface Call {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface Reply {
  readonly status?: number
  readonly json?: unknown
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** An HTTP server of a provider that can be told to misbehave; `send` calls are the ones that the misbehaviour is for. */
export class ScriptedServer implements AsyncDisposable {
  readonly calls: Call[] = []
  /** What was answered of its own accord, not by a misbehaviour that a test made up. */
  readonly answers: { readonly call: Call; readonly reply: Reply }[] = []
  readonly #server: Server
  readonly #script: Misbehaviour[] = []
  /** Awaited before a send is answered: holds it in flight. */
  gate: Promise<void> | undefined
  url = ''
  /** What it answers when nothing is the matter. */
  answer: (call: Call) => Reply = () => ({ status: 503 })

  private constructor(isSend: (call: Call) => boolean, tls?: { key: string; cert: string }) {
    const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const call: Call = {
        method: request.method ?? '',
        url: new URL(request.url ?? '/', this.url),
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      }
      this.calls.push(call)
      const fault = isSend(call) ? this.#script.shift() : undefined
      if (fault === 'hang') return
      if (fault === 'drop-before') return void request.socket.destroy()
      if (typeof fault === 'object') return void response.writeHead(fault.status, { ...fault.headers }).end(fault.body)
      const reply = this.answer(call)
      this.answers.push({ call, reply })
      const { status = 200, json, text, headers } = reply
      if (fault === 'drop-after') return void request.socket.destroy()
      if (isSend(call)) await this.gate
      const type = json === undefined ? 'text/plain' : 'application/json'
      response.writeHead(status, { 'content-type': type, ...headers }).end(json === undefined ? (text ?? '') : JSON.stringify(json))
    }
    const listener = (request: IncomingMessage, response: ServerResponse): void =>
      void serve(request, response).catch(() => request.socket.destroy())
    this.#server = tls === undefined ? createHttp(listener) : createHttps(tls, listener)
  }

  static async start(isSend: (call: Call) => boolean, tls?: { key: string; cert: string }): Promise<ScriptedServer> {
    const made = new ScriptedServer(isSend, tls)
    await new Promise<void>((resolve) => made.#server.listen(0, '127.0.0.1', resolve))
    made.url = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(made.#server.address() as AddressInfo).port}`
    return made
  }

  /** The next sends meet these, one after the other. */
  next(...script: readonly Misbehaviour[]): void {
    this.#script.push(...script)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
