import { SyncTideError } from '#base/errors.ts'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export type LogFields = Readonly<Record<string, unknown>>

/** JSON lines: `at`, `level`, `process`, `event` (named `room.event`), then the fields. */
export interface Logger {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
  /** A logger that adds these fields to every line. */
  with(fields: LogFields): Logger
}

/**
 * @param write takes one complete line without its end; standard output by default
 * @param least lines below this level are dropped
 */
export function createLogger(
  name: string,
  write: (line: string) => void = (line) => void process.stdout.write(`${line}\n`),
  least: LogLevel = 'info',
): Logger {
  const threshold = LOG_LEVELS.indexOf(least)
  const make = (bound: LogFields): Logger => {
    const at = (level: LogLevel) => {
      const on = LOG_LEVELS.indexOf(level) >= threshold
      return (event: string, fields?: LogFields): void => {
        if (on) write(formatLine(name, level, event, { ...bound, ...fields }))
      }
    }
    return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), with: (fields) => make({ ...bound, ...fields }) }
  }
  return make({})
}

function formatLine(name: string, level: LogLevel, event: string, fields: LogFields): string {
  return JSON.stringify({ at: new Date().toISOString(), level, process: name, event, ...fields }, replaceValue)
}

/** Errors become their message, code, remedy and cause; big integers their digits; bytes their length. */
function replaceValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Uint8Array) return `<${value.length} bytes>`
  if (value instanceof Error) {
    return {
      message: value.message,
      ...(value instanceof SyncTideError
        ? { code: value.code, ...(value.remedy === undefined ? {} : { remedy: value.remedy }) }
        : { stack: value.stack }),
      ...(value.cause === undefined ? {} : { cause: value.cause instanceof Error ? value.cause.message : value.cause }),
    }
  }
  return value
}
