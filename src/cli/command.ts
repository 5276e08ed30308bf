import { type ParseArgsConfig, parseArgs } from 'node:util'
import { ConfigError, asError } from '#base/errors.ts'

/** What scripts may rely on. */
export const EXIT = { ok: 0, failed: 1, usage: 2, notRunning: 3, differs: 4 } as const

export type Options = NonNullable<ParseArgsConfig['options']>
export type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>

export interface Command {
  /** `user add` */
  readonly name: string
  /** Of the positional arguments, `FILE`; empty when there are none. */
  readonly takes: string
  readonly summary: string
  /** Its own options, one a line, indented by two, ready to print; empty when there are none. */
  readonly help: string
  /** Exit codes beyond those that every command has. */
  readonly exits?: string
  readonly options: Options
  run(context: CommandContext): Promise<number>
}

export interface CommandContext {
  readonly positionals: readonly string[]
  readonly values: Values
  readonly dataFolder: string
  /** Of the running installation. @throws ConfigError when nothing was ever started on this data folder */
  readonly databaseUrl: () => string
  /** Writes to standard output. */
  readonly print: (text: string) => void
  /** Prints a value as one JSON document. */
  readonly json: (value: unknown) => void
}

/** Wrong words on the command line; answered with the usage. */
export class UsageError extends Error {}

/** @throws UsageError for unknown options or a wrong number of words */
export function parseCommand(command: Command, args: readonly string[]): { positionals: readonly string[]; values: Values } {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' }, ...command.options },
    })
    const wanted = command.takes === '' ? 0 : command.takes.split(' ').length
    if (values['help'] !== true && positionals.length !== wanted) {
      throw new UsageError(wanted === 0 ? `${command.name} takes no words besides its options.` : `${command.name} takes ${command.takes}.`)
    }
    return { positionals, values }
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(asError(error).message)
  }
}

export function usageOf(command: Command): string {
  const takes = command.takes === '' ? '' : ` ${command.takes}`
  return `synctide ${command.name}${takes} [options]

${command.summary}

${command.help === '' ? '' : `${command.help}\n`}  --json            print one JSON document instead of text
  -h, --help        this text

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 SyncTide is not running${command.exits === undefined ? '' : `, ${command.exits}`}`
}

/** @throws UsageError when the option is missing */
export function requiredOption(values: Values, name: string): string {
  const value = values[name]
  if (typeof value !== 'string' || value === '') throw new UsageError(`--${name} is missing.`)
  return value
}

/** @param name of the option as it is written, or of the word. @throws ConfigError naming it when it is not one of the choices */
export function choice<T extends string>(name: string, value: string, choices: readonly T[]): T {
  const found = choices.find((one) => one === value)
  if (found === undefined) throw new ConfigError(name, `${name} cannot be ${value}.`, { remedy: `Choose one of ${choices.join(', ')}.` })
  return found
}
