import type { z } from 'zod'
import type { Role } from '#domain/user.ts'

/** Who may call: everybody, anybody logged in, or a role and the ones above it. */
export type Access = 'public' | 'session' | Role

export interface Endpoint {
  /** One sentence for the API documentation. */
  readonly summary: string
  readonly access: Access
  /** Concerns the whole site: a user who is confined to some devices may not. */
  readonly wholeSite?: boolean
  readonly params?: z.ZodType
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  readonly reply: z.ZodType
  /** Refused requests are counted and slowed down (login, links). */
  readonly limited?: boolean
}

export type EndpointKey = `${'GET' | 'POST' | 'PUT' | 'DELETE'} /${string}`

type Input<T> = T extends z.ZodType ? z.input<T> : undefined
type Output<T> = T extends z.ZodType ? z.output<T> : undefined

/** What a caller sends. */
export type RequestOf<E extends Endpoint> = {
  params: Input<E['params']>
  query: Input<E['query']>
  body: Input<E['body']>
}
/** What a handler is given, parsed. */
export type ParsedOf<E extends Endpoint> = {
  params: Output<E['params']>
  query: Output<E['query']>
  body: Output<E['body']>
}
export type ReplyOf<E extends Endpoint> = Output<E['reply']>
