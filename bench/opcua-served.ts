import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

export const nameOf = (index: number): string => `P${String(index + 1).padStart(4, '0')}`

/** bench/opcua-server.ts in a process of its own. */
export interface Served extends AsyncDisposable {
  readonly endpointUrl: string
  change(count: number, millis: number): void
}

/** @param limit of nodes a call */
export async function serve(variables: number, limit: number): Promise<Served> {
  const child: ChildProcess = fork(new URL('opcua-server.ts', import.meta.url), [String(variables), String(limit)])
  const [endpointUrl] = await once(child, 'message')
  return {
    endpointUrl: String(endpointUrl),
    change: (count, millis) => void child.send(`change ${count} ${millis}`),
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}
