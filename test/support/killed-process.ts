import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A process of the product that is killed without warning, and started again. */
export class KilledProcess implements AsyncDisposable {
  readonly #entry: string
  readonly #environment: Readonly<Record<string, string>>
  #child: { readonly process: ChildProcess; readonly ended: Promise<void> } | undefined

  /** @param entry of deploy/services.json, such as src/main/notify.ts */
  constructor(entry: string, environment: Readonly<Record<string, string>>) {
    this.#entry = entry
    this.#environment = environment
    this.start()
  }

  start(): void {
    const process_ = spawn(process.execPath, [join(ROOT, this.#entry)], {
      cwd: ROOT,
      env: { ...process.env, ...this.#environment },
      stdio: 'ignore',
    })
    this.#child = { process: process_, ended: new Promise((resolve) => process_.once('exit', () => resolve())) }
  }

  /** kill -9, in this very moment. */
  kill(): void {
    this.#child?.process.kill('SIGKILL')
  }

  /** kill -9 where it still lives, and a new one. */
  async replace(): Promise<void> {
    this.kill()
    await this.#child?.ended
    this.start()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill()
    await this.#child?.ended
  }
}
