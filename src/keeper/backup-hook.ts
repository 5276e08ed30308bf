import { spawn } from 'node:child_process'

/** An upload over a slow line takes hours, one that hangs must end before the next night. */
const PATIENCE_MILLIS = 6 * 3_600_000
const SAID = 500

/** Starts the site's own program with the path of a backup, to bring it to another machine. @returns what went wrong, or null */
export async function runHook(program: string, file: string): Promise<string | null> {
  const child = spawn(program, [file], { stdio: ['ignore', 'ignore', 'pipe'], windowsHide: true, timeout: PATIENCE_MILLIS })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString('utf8')}`.slice(-SAID)))
  const { promise, resolve } = Promise.withResolvers<string | null>()
  child.once('error', (error) => resolve(error.message))
  child.once('close', (code, signal) => resolve(code === 0 ? null : `${said.trim() || 'it said nothing'} (exit ${code ?? signal ?? '?'})`))
  return await promise
}
