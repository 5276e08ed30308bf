import { NotFound } from '#base/errors.ts'
import { readRunFile } from '#host/run-file.ts'
import { nearest } from '#plant/core/nearest.ts'
import { ask } from './ask.ts'
import type { Command } from './command.ts'

const WAIT_MILLIS = 20_000

export const restart: Command = {
  name: 'restart',
  takes: 'PROCESS',
  summary: 'Restarts one process; the others go on. Names: see status.',
  help: '',
  options: {},
  async run({ positionals, values, dataFolder, databaseUrl, print, json }) {
    const [name = ''] = positionals
    checkProcessName(dataFolder, name)
    const { code, problem } = await ask(databaseUrl(), { kind: 'restart', target: 'supervisor', body: { process: name } }, WAIT_MILLIS)
    if (values['json'] === true) json(problem === null ? { restarted: name } : { restarted: null, problem })
    else print(problem ?? `${name} was restarted.`)
    return code
  },
}

/** @throws NotFound naming the nearest process */
export function checkProcessName(dataFolder: string, name: string): void {
  const { processes } = readRunFile(dataFolder, 'status')
  const names = Array.isArray(processes) ? processes.map((one: unknown) => String((one as Record<string, unknown>)['name'])) : []
  if (names.includes(name)) return
  const meant = nearest(name, names)
  throw new NotFound(`There is no process ${name}${meant === undefined ? '' : `; did you mean ${meant}?`}`, {
    remedy: `The processes are ${names.join(', ')}.`,
  })
}
