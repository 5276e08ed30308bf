import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import staticFiles from '@fastify/static'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { ConfigError, NotFound } from '#base/errors.ts'
import { contentSecurityPolicy } from './security-headers.ts'

/** Stands in web/index.html where the number goes. */
const NONCE = '__STYLE_NONCE__'

/**
 * Serves the built pages: hashed files for a year, the first page never from a cache. Every other address that a browser opens is the
 * first page, which knows the way.
 * @throws ConfigError when they are not built
 */
export async function servePages(app: FastifyInstance, folder: string): Promise<void> {
  if (!existsSync(join(folder, 'index.html'))) {
    throw new ConfigError('web/dist', `There are no pages in ${folder}.`, { remedy: 'Start with npm start, which builds them.' })
  }
  const first = readFileSync(join(folder, 'index.html'), 'utf8')
  await app.register(staticFiles, {
    root: folder,
    wildcard: false,
    index: false,
    setHeaders: (reply, path) => {
      const hashed = path.includes(join(folder, 'assets'))
      reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
  app.setNotFoundHandler(async (request, reply) => {
    const wantsPage = request.method === 'GET' && !request.url.startsWith('/api/') && !/\.\w{2,5}$/.test(request.url.split('?')[0] ?? '')
    if (!wantsPage) throw new NotFound('There is nothing at this address.')
    return await sendFirstPage(reply, first)
  })
  app.get('/', async (_request, reply) => await sendFirstPage(reply, first))
}

/** Each answer carries a number that only its own style elements know. */
async function sendFirstPage(reply: FastifyReply, first: string): Promise<FastifyReply> {
  const nonce = randomBytes(16).toString('base64url')
  return await reply
    .headers({ 'cache-control': 'no-cache', 'content-security-policy': contentSecurityPolicy(nonce) })
    .type('text/html; charset=utf-8')
    .send(first.replace(NONCE, nonce))
}
