import type { Clock } from '#base/time.ts'
import type { DeviceScope, User } from '#domain/user.ts'
import type { Logger } from '#host/log.ts'
import type { Database } from '#store/database.ts'
import type { Caller } from './caller.ts'
import type { Contract } from './contract/contract.ts'
import type { Endpoint, ParsedOf, ReplyOf } from './contract/endpoint.ts'
import type { Attempts } from './core/attempts.ts'
import type { LiveFeed } from './live-feed.ts'

/** What all routes share. */
export interface ApiServices {
  readonly db: Database
  readonly dataFolder: string
  readonly clock: Clock
  readonly log: Logger
  readonly feed: LiveFeed
  /** Seals the secrets of gateways. */
  readonly key: Uint8Array
  readonly version: string
  readonly attempts: Attempts
}

/** One call. */
export interface Call extends ApiServices {
  readonly caller: Caller
  /** Network address of who calls. */
  readonly address: string
  readonly agent: string
  /** How the caller reached us: `http://192.168.1.5:8080`. */
  readonly origin: string
  /** Sets or, with null, clears the session cookie. */
  readonly setSession: (token: string | null) => void
  /** What the audit shall say of it; without, it says the route and the body. Null: it only looked, and is not put on record. */
  readonly note: (entry: { object: string; before?: unknown; after?: unknown } | null) => void
}

/** A call of somebody who is logged in. */
export interface UserCall extends Call {
  readonly user: User
  readonly scope: DeviceScope
}

type CallOf<E extends Endpoint> = E['access'] extends 'public' ? Call : UserCall

export type Handler<K extends keyof Contract> = (
  input: ParsedOf<Contract[K]>,
  call: CallOf<Contract[K]>,
) => Promise<Loose<ReplyOf<Contract[K]>>>
export type Handlers<K extends keyof Contract = keyof Contract> = { readonly [P in K]: Handler<P> }

/** Lists of the store are read-only. */
type Loose<T> = T extends readonly (infer Item)[]
  ? T extends readonly [unknown, ...unknown[]]
    ? T
    : readonly Loose<Item>[]
  : T extends object
    ? { readonly [P in keyof T]: Loose<T[P]> }
    : T
