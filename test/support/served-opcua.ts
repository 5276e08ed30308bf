import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

export const nameOf = (index: number): string => `P${String(index + 1).padStart(4, '0')}`

/** A TestServer in a process of its own, so that its memory and its time are not the driver's. */
export interface Served extends AsyncDisposable {
  readonly endpointUrl: string
  readonly port: number
  change(count: number, millis: number): void
  set(name: string, text: string): void
}

/** @param limits `call`: nodes a call */
export async function serve(variables: number, { call = 1000, sessions = 10 } = {}): Promise<Served> {
  const child: ChildProcess = fork(new URL('opcua-server-process.ts', import.meta.url), [variables, call, sessions].map(String))
  const [endpointUrl] = (await once(child, 'message')) as [string]
  return {
    endpointUrl,
    port: Number(endpointUrl.split(':').at(-1)),
    change: (count, millis) => void child.send(`change ${count} ${millis}`),
    set: (name, text) => void child.send(`set ${name} ${text}`),
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}
