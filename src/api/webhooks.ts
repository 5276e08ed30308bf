import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ChannelError, NotAllowed, NotFound, TooManyRequests } from '#base/errors.ts'
import type { WebhookAnswer } from '#notify/channels/channel.ts'
import { CHANNELS } from '#notify/channels/catalogue.ts'
import { openSettings } from '#notify/gateways.ts'
import { findGateway } from '#store/gateways.ts'
import { announceInbound, keepInbound } from '#store/inbound.ts'
import { readSettings } from '#store/settings.ts'
import { Rate } from './core/rate.ts'
import type { ApiServices } from './handlers.ts'

const BODY_BYTES = 256 * 1024

/**
 * `/webhook/<channel>`: what providers call. Nothing is believed before the channel has checked the signature over the bytes as they came;
 * what passed is kept raw, and read by `inbound`. A redelivery is answered and changes nothing.
 */
export async function serveWebhooks(app: FastifyInstance, services: ApiServices): Promise<void> {
  const rate = new Rate(60, 20)
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    scope.route<{ Params: { channel: string } }>({
      method: ['GET', 'POST'],
      url: '/webhook/:channel',
      bodyLimit: BODY_BYTES,
      handler: async (request, reply) => {
        const { channel } = request.params
        const now = services.clock.mono()
        const key = `${request.ip} webhook ${channel}`
        // behind a proxy strangers and the provider have one address: who only guesses at signatures does not shut the provider out
        const guessable = !(request.method === 'POST' && CHANNELS.find((one) => one.channel === channel)?.signed === true)
        const wait = Math.max(guessable ? services.attempts.waitOf(key, now) : 0, rate.take(request.ip, now))
        if (wait > 0) throw new TooManyRequests('Too many calls from this address.', Math.ceil(wait / 1000))
        try {
          const answer = await take(services, channel, request)
          if (guessable) services.attempts.succeeded(key)
          return await reply.header('cache-control', 'no-store').type(answer.contentType).send(answer.body)
        } catch (error) {
          if (!(error instanceof NotAllowed || error instanceof NotFound)) throw error
          if (guessable) services.attempts.failed(key, now)
          services.log.warn('api.webhook_refused', { channel, address: request.ip, error })
          throw error
        }
      },
    })
  })
}

async function take({ db, key, clock }: ApiServices, channel: string, request: FastifyRequest): Promise<WebhookAnswer> {
  const kind = CHANNELS.find((one) => one.channel === channel)
  const gateway = kind?.webhook === undefined ? undefined : await findGateway(db, channel)
  if (kind?.webhook === undefined || gateway?.enabled !== true) throw new NotFound('No gateway is called here.')
  const { site } = await readSettings(db)
  try {
    const answer = kind.webhook(openSettings(key, gateway), {
      method: request.method === 'POST' ? 'POST' : 'GET',
      query: textOf(request.query),
      search: /\?.*$/s.exec(request.raw.url ?? '')?.[0] ?? '',
      body: Buffer.isBuffer(request.body) ? request.body : new Uint8Array(),
      headers: textOf(request.headers),
      address: request.ip,
      publicUrl: site.publicUrl,
    })
    if (answer.updates.length > 0) await keepInbound(db, channel, answer.updates, clock.now())
    if (request.method === 'POST' || channel === 'sms') await announceInbound(db, channel)
    return answer
  } catch (error) {
    if (error instanceof ChannelError && error.fault === 'auth') {
      throw new NotAllowed(error.message, { cause: error, ...(error.remedy === undefined ? {} : { remedy: error.remedy }) })
    }
    throw error
  }
}

/** What may occur once and is text. */
function textOf(fields: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(typeof fields === 'object' && fields !== null ? fields : {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  )
}
