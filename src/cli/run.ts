import { ConfigError, SyncTideError, asError } from '#base/errors.ts'
import { readBootstrapConfig } from '#host/config.ts'
import { readRunFile } from '#host/run-file.ts'
import { nearest } from '#plant/core/nearest.ts'
import { type Command, EXIT, UsageError, parseCommand, usageOf } from './command.ts'
import { backup, restore } from './backup-commands.ts'
import { demoFault } from './demo-fault.ts'
import { historyExport } from './history-export.ts'
import { historyImport } from './history-import.ts'
import { logs } from './logs.ts'
import { apply, exporting, plan } from './plant-commands.ts'
import { restart } from './restart.ts'
import { setupLink } from './setup-link.ts'
import { status } from './status.ts'
import { storageLayout } from './storage-layout.ts'
import { tokenCreate } from './token-create.ts'
import { userAdd } from './user-add.ts'

const COMMANDS: readonly Command[] = [
  status,
  setupLink,
  userAdd,
  tokenCreate,
  plan,
  apply,
  exporting,
  backup,
  restore,
  historyExport,
  historyImport,
  storageLayout,
  restart,
  logs,
  demoFault,
]

/**
 * Runs one command of an operator.
 * @param args without the program's own name
 * @returns the exit code, one of {@link EXIT}
 */
export async function runCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  out: { print: (text: string) => void; complain: (text: string) => void },
): Promise<number> {
  const command = COMMANDS.find(({ name }) => name === args.slice(0, name.split(' ').length).join(' '))
  if (command === undefined) return general(args, out)
  try {
    const { positionals, values } = parseCommand(command, args.slice(command.name.split(' ').length))
    if (values['help'] === true) {
      out.print(usageOf(command))
      return EXIT.ok
    }
    const config = readBootstrapConfig(environment)
    return await command.run({
      positionals,
      values,
      dataFolder: config.dataFolder,
      databaseUrl: () => config.databaseUrl ?? String(readRunFile(config.dataFolder, 'database')['url']),
      print: out.print,
      json: (value) => out.print(JSON.stringify(value)),
    })
  } catch (error) {
    if (error instanceof UsageError) {
      out.complain(`${error.message}\n\n${usageOf(command)}`)
      return EXIT.usage
    }
    const { message } = asError(error)
    const known = error instanceof SyncTideError
    out.complain(known && error.remedy !== undefined ? `${message}\n${error.remedy}` : message)
    // the run files of the data folder are missing: it was never started
    const neverStarted = error instanceof ConfigError && error.field === 'SYNCTIDE_DATA'
    return neverStarted || (known && error.code === 'store_unavailable') ? EXIT.notRunning : EXIT.failed
  }
}

function general(args: readonly string[], out: { print: (text: string) => void; complain: (text: string) => void }): number {
  const list = COMMANDS.map((one) => `  ${`${one.name} ${one.takes}`.padEnd(25)} ${one.summary}`).join('\n')
  const text = `synctide COMMAND [options]\n\n${list}\n\nEach command explains itself with --help.`
  const [word] = args
  if (word === undefined || word === '--help' || word === '-h' || word === 'help') {
    out.print(text)
    return word === undefined ? EXIT.usage : EXIT.ok
  }
  const longer = COMMANDS.filter((one) => one.name.startsWith(`${word} `)).map((one) => one.name)
  if (longer.length > 0) {
    out.complain(`There is no command ${word} alone, but ${longer.join(' and ')}.`)
    return EXIT.usage
  }
  const meant =
    nearest(
      args.slice(0, 2).join(' '),
      COMMANDS.map((one) => one.name),
    ) ??
    nearest(
      word,
      COMMANDS.map((one) => one.name),
    )
  out.complain(`There is no command ${word}${meant === undefined ? '' : `; did you mean ${meant}?`}\n\n${text}`)
  return EXIT.usage
}
