import { Readable } from 'node:stream'
import cookie from '@fastify/cookie'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { z } from 'zod'
import { InvalidRequest, TooManyRequests } from '#base/errors.ts'
import { plainIssue } from '#base/plain-issue.ts'
import { recordAudit } from '#store/audit.ts'
import { type Caller, SESSION_COOKIE, authorise, identify, refuseForeignPages } from './caller.ts'
import { contract } from './contract/contract.ts'
import type { Endpoint } from './contract/endpoint.ts'
import { Download } from './download.ts'
import { replyError } from './error-reply.ts'
import type { ApiServices, Call, Handlers } from './handlers.ts'
import { redacted } from './redacted.ts'
import { securityHeaders } from './security-headers.ts'
import { servePages } from './pages.ts'
import { serveDocs } from './docs.ts'
import { serveWebhooks } from './webhooks.ts'

export interface ServerOptions {
  readonly services: ApiServices
  readonly handlers: Handlers
  /** web/dist; without it only the API answers. */
  readonly pages?: string
  /** /api/docs; off in production. */
  readonly docs: boolean
  /** Compares every reply with the contract: for tests. */
  readonly checkReplies?: boolean
}

const BODY_BYTES = 20 * 1024 * 1024

/** The HTTP server with every route of the contract; it does not listen yet. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: BODY_BYTES,
    // TLS, if any, ends in a proxy on the same machine
    trustProxy: 'loopback',
    requestTimeout: 60_000,
    forceCloseConnections: true,
    genReqId: () => crypto.randomUUID().slice(0, 8),
  })
  await app.register(cookie)
  app.addHook('onRequest', async (request, reply) => void reply.headers(securityHeaders(request.protocol === 'https')))
  app.setErrorHandler((error, request, reply) => replyError(options.services.log, error, request, reply))
  // a body that is not JSON is told in our words
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : JSON.parse(String(body)))
    } catch (error) {
      done(new InvalidRequest('The body is not JSON.', { cause: error }))
    }
  })
  for (const [key, endpoint] of Object.entries(contract)) addRoute(app, options, key, endpoint)
  await serveWebhooks(app, options.services)
  if (options.docs) serveDocs(app)
  if (options.pages !== undefined) await servePages(app, options.pages)
  return app
}

function addRoute(app: FastifyInstance, options: ServerOptions, key: string, endpoint: Endpoint): void {
  const [method = '', url = ''] = key.split(' ')
  const { services } = options
  const handler = options.handlers[key as keyof Handlers] as (input: unknown, call: Call) => Promise<unknown>
  app.route({
    method,
    url,
    handler: async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const limitKey = `${request.ip} ${url}`
      if (endpoint.limited === true) refuseWhileBlocked(services, limitKey)
      // what everybody may read is answered without a look into the database: the health, above all, when that is away
      const caller: Caller = endpoint.access === 'public' && method === 'GET' ? { via: 'nobody' } : await identify(services.db, request)
      refuseForeignPages(request, caller, endpoint)
      const user = authorise(endpoint, caller)
      const input = {
        params: parse(endpoint.params, request.params, 'params'),
        query: parse(endpoint.query, request.query, 'query'),
        body: parse(endpoint.body, request.body, 'body'),
      }
      let noted: Parameters<Call['note']>[0] | undefined
      const gone = new AbortController()
      const leave = (): void => {
        if (!reply.raw.destroyed || reply.raw.writableFinished) return
        // what changes something comes to its end, and on record
        if (method === 'GET' || noted === null) gone.abort()
      }
      reply.raw.once('close', leave)
      const call: Call = {
        ...services,
        db: services.db.until(gone.signal),
        caller,
        address: request.ip,
        agent: request.headers['user-agent'] ?? '',
        origin: `${request.protocol}://${request.host}`,
        setSession: (token) => setSession(request, reply, token),
        note: (entry) => {
          noted = entry
          leave()
        },
      }
      let answer: unknown
      try {
        answer = await handler(input, user === null ? call : Object.assign(call, { user, scope: user.scope }))
      } catch (error) {
        // there is nobody left to answer
        if (gone.signal.aborted && error === gone.signal.reason) return reply.hijack()
        if (endpoint.limited === true) services.attempts.failed(limitKey, services.clock.mono())
        throw error
      }
      if (endpoint.limited === true) services.attempts.succeeded(limitKey)
      if (method !== 'GET' && noted !== null && (user !== null || noted !== undefined)) {
        const entry = noted ?? { object: request.url, after: input.body }
        await recordAudit(services.db, {
          who: user?.displayName ?? 'nobody',
          via: caller.via === 'token' ? `token ${caller.name}` : 'platform',
          address: request.ip,
          action: key,
          object: entry.object,
          before: redacted(entry.before),
          after: redacted(entry.after),
        })
      }
      if (answer instanceof Download) return await sendDownload(reply, answer)
      return options.checkReplies === true ? endpoint.reply.parse(answer) : answer
    },
  })
}

/** As fast as the other side takes it, and no further when it goes away. */
async function sendDownload(reply: FastifyReply, { name, type, pieces }: Download): Promise<FastifyReply> {
  const disposition = `attachment; filename*=UTF-8''${encodeURIComponent(name)}`
  return await reply
    .headers({ 'content-type': type, 'content-disposition': disposition })
    .send(Readable.from(pieces, { objectMode: false }))
}

function refuseWhileBlocked({ attempts, clock }: ApiServices, key: string): void {
  const wait = attempts.waitOf(key, clock.mono())
  if (wait > 0) throw new TooManyRequests('Too many failed tries from this address.', Math.ceil(wait / 1000))
}

function setSession(request: FastifyRequest, reply: FastifyReply, token: string | null): void {
  const options = { path: '/', httpOnly: true, sameSite: 'strict', secure: request.protocol === 'https' } as const
  if (token === null) reply.clearCookie(SESSION_COOKIE, options)
  else reply.setCookie(SESSION_COOKIE, token, { ...options, maxAge: 30 * 24 * 3600 })
}

/** @throws InvalidRequest naming the first field that is wrong, as `tags[2].name` */
function parse(shape: z.ZodType | undefined, raw: unknown, place: string): unknown {
  if (shape === undefined) return undefined
  const parsed = shape.safeParse(raw ?? {}, { error: plainIssue })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const field = (issue?.path ?? []).reduce<string>(
    (path, step) => (typeof step === 'number' ? `${path}[${step}]` : `${path}${path === '' ? '' : '.'}${String(step)}`),
    '',
  )
  const what = issue?.message ?? 'It is not understood.'
  throw new InvalidRequest(field === '' ? what : `${field}: ${what}`, {
    field,
    remedy: place === 'body' ? 'Correct the form.' : `Correct the ${place}.`,
  })
}
