import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  ChannelError,
  ConfigError,
  Conflict,
  DriverError,
  InvalidRequest,
  NotAllowed,
  NotFound,
  NotLoggedIn,
  StoreError,
  SyncTideError,
  TooManyRequests,
  asError,
} from '#base/errors.ts'
import type { Logger } from '#host/log.ts'

/** What every refused request is answered with; unexpected errors go to the log, never to the caller. */
export function replyError(log: Logger, thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = asError(thrown)
  const status = statusOf(error)
  if (error instanceof TooManyRequests) reply.header('retry-after', String(error.retryAfterSeconds))
  if (status === 500)
    log.error('api.failed', { route: `${request.method} ${request.routeOptions.url ?? request.url}`, requestId: request.id, error })
  const known = error instanceof SyncTideError && status !== 500
  void reply.status(status).send({
    code: known ? error.code : status === 500 ? 'bug' : 'invalid_request',
    message: status === 500 ? 'Something went wrong inside SyncTide.' : error.message,
    remedy: known
      ? (error.remedy ?? null)
      : status === 500
        ? 'Try again; if it stays, send the log of the api with the request number.'
        : null,
    field: error instanceof ConfigError || error instanceof InvalidRequest ? error.field : '',
    requestId: request.id,
  })
}

function statusOf(error: Error): number {
  if (error instanceof InvalidRequest) return 400
  if (error instanceof NotLoggedIn) return 401
  if (error instanceof NotAllowed) return 403
  if (error instanceof NotFound) return 404
  if (error instanceof Conflict) return 409
  if (error instanceof ConfigError) return 422
  if (error instanceof TooManyRequests) return 429
  if (error instanceof StoreError) return error.code === 'store_conflict' ? 409 : 503
  if (error instanceof ChannelError || error instanceof DriverError) return 502
  // the server's own refusals: a body that is too large, a method that is not known
  const status: unknown = Object.getOwnPropertyDescriptor(error, 'statusCode')?.value
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500
}
