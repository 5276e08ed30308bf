import { setTimeout as delay } from 'node:timers/promises'
import { NotFound } from '#base/errors.ts'
import { readRunFile } from '#host/run-file.ts'
import { nearest } from '#plant/core/nearest.ts'
import { openDatabase } from '#store/database.ts'
import { createRequest, readRequest } from '#store/requests.ts'
import { type Command, EXIT } from './command.ts'

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
    const db = openDatabase(databaseUrl(), { name: 'cli', max: 1 })
    try {
      const id = await createRequest(db, { kind: 'restart', target: 'supervisor', body: { process: name } }, WAIT_MILLIS / 1000)
      const deadline = performance.now() + WAIT_MILLIS
      for (;;) {
        const answer = await readRequest(db, id)
        if (answer?.state === 'done') break
        if (answer === undefined || answer.state === 'failed' || performance.now() > deadline) {
          const problem = (answer?.result as { problem?: string } | null)?.problem ?? 'The supervisor does not answer.'
          if (values['json'] === true) json({ restarted: null, problem })
          else print(problem)
          return answer?.state === 'failed' ? EXIT.failed : EXIT.notRunning
        }
        await delay(100)
      }
      if (values['json'] === true) json({ restarted: name })
      else print(`${name} was restarted.`)
      return EXIT.ok
    } finally {
      await db.close()
    }
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
