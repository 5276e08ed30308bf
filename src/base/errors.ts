/**
 * Every error that leaves a function on purpose. `code` is stable and listed in docs/errors.md with its cause and remedy;
 * `retriable` says whether the same call may succeed later without anybody changing anything.
 */
export abstract class SyncTideError extends Error {
  abstract readonly code: string
  readonly retriable: boolean = false
  /** What the reader can do about it, one sentence; shown under the message. */
  readonly remedy: string | undefined

  constructor(message: string, options: { cause?: unknown; remedy?: string } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = new.target.name
    this.remedy = options.remedy
  }
}

/** A configured value cannot be used. `field` is the path of the value in the form, file or environment. */
export class ConfigError extends SyncTideError {
  readonly code = 'config_invalid'
  readonly field: string
  constructor(field: string, message: string, options: { cause?: unknown; remedy?: string } = {}) {
    super(message, options)
    this.field = field
  }
}

export const DRIVER_FAULTS = ['connect', 'timeout', 'refused', 'protocol', 'address', 'busy', 'auth', 'certificate', 'limit'] as const
export type DriverFault = (typeof DRIVER_FAULTS)[number]

/**
 * A device did not answer as it should. `address` concerns single tags, never the whole device; `auth` and `certificate` need a
 * person, so that asking again soon would only lock the account; `limit` is a device that has no session left before
 * `retryAfterMillis`.
 */
export class DriverError extends SyncTideError {
  readonly code: `driver_${DriverFault}`
  readonly fault: DriverFault
  override readonly retriable: boolean
  readonly retryAfterMillis: number | undefined
  constructor(fault: DriverFault, message: string, options: { cause?: unknown; remedy?: string; retryAfterMillis?: number } = {}) {
    super(message, options)
    this.fault = fault
    this.retriable = fault !== 'auth' && fault !== 'certificate'
    this.retryAfterMillis = options.retryAfterMillis
    this.code = `driver_${fault}`
  }
}

export const STORE_FAULTS = ['unavailable', 'full', 'conflict'] as const
export type StoreFault = (typeof STORE_FAULTS)[number]

/** The database is away (`unavailable`, retriable), has no room left on its disk (`full`, retriable), or somebody else was first (`conflict`). */
export class StoreError extends SyncTideError {
  readonly code: `store_${StoreFault}`
  override readonly retriable: boolean
  constructor(fault: StoreFault, message: string, options: { cause?: unknown; remedy?: string } = {}) {
    super(message, options)
    this.code = `store_${fault}`
    this.retriable = fault !== 'conflict'
  }
}

export const CHANNEL_FAULTS = ['unreachable', 'rejected', 'auth', 'address', 'blocked', 'rate_limited'] as const
export type ChannelFault = (typeof CHANNEL_FAULTS)[number]

/** A message could not be handed to its channel. `retryAfterSeconds` is the provider's own wish. */
export class ChannelError extends SyncTideError {
  readonly code: `channel_${ChannelFault}`
  readonly fault: ChannelFault
  override readonly retriable: boolean
  readonly retryAfterSeconds: number | undefined
  constructor(
    fault: ChannelFault,
    message: string,
    options: { cause?: unknown; remedy?: string; retriable?: boolean; retryAfterSeconds?: number } = {},
  ) {
    super(message, options)
    this.fault = fault
    this.code = `channel_${fault}`
    this.retriable = options.retriable ?? (fault === 'unreachable' || fault === 'rate_limited')
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** The person or program is known but may not do this. */
export class NotAllowed extends SyncTideError {
  readonly code = 'not_allowed'
}

/** Nobody is logged in, or the session or token has ended. */
export class NotLoggedIn extends SyncTideError {
  readonly code = 'not_logged_in'
}

/** No such thing, or none within this user's devices: the two are never told apart. */
export class NotFound extends SyncTideError {
  readonly code = 'not_found'
}

/** The request cannot be understood. `field` is the path of the offending value, empty for the whole. */
export class InvalidRequest extends SyncTideError {
  readonly code = 'invalid_request'
  readonly field: string
  constructor(message: string, options: { field?: string; cause?: unknown; remedy?: string } = {}) {
    super(message, options)
    this.field = options.field ?? ''
  }
}

/** Somebody else got there first, e.g. an alarm that is already acknowledged. */
export class Conflict extends SyncTideError {
  readonly code = 'conflict'
}

/** Too many attempts; try again after `retryAfterSeconds`. */
export class TooManyRequests extends SyncTideError {
  readonly code = 'too_many_requests'
  override readonly retriable = true
  readonly retryAfterSeconds: number
  constructor(message: string, retryAfterSeconds: number) {
    super(message, { remedy: `Wait ${retryAfterSeconds} s, then try again.` })
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** A backup cannot be made, proved or restored. */
export class BackupRefused extends SyncTideError {
  readonly code = 'backup_refused'
}

/** Our own invariant broke: a defect of the program, never of its input. */
export class BugError extends SyncTideError {
  readonly code = 'bug'
}

/** @returns the error itself, or an Error that wraps whatever else was thrown. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
