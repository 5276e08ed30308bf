import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

export interface Answer {
  readonly code: number | null
  /** Standard output and what went wrong. */
  readonly text: string
}

const PATIENCE_MILLIS = 90_000
const ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' }

/** A Debian with systemd as its process 1, in a folder, without a network but loopback. Needs root and systemd-nspawn. */
export class NspawnMachine implements AsyncDisposable {
  readonly folder: string
  #container: ChildProcess | undefined

  constructor(folder: string) {
    this.folder = folder
  }

  /** Switches it on and waits until everything that starts by itself was started. */
  async boot(): Promise<void> {
    const options = [
      '--boot',
      '--quiet',
      '--keep-unit',
      '--register=no',
      '--private-network',
      '--console=passive',
      '--directory',
      this.folder,
    ]
    this.#container = spawn('systemd-nspawn', options, { stdio: ['ignore', 'ignore', 'inherit'] })
    await this.until('systemd to come up', () => {
      if (this.#leader() === undefined) return false
      const { text } = this.run('systemctl', 'is-system-running')
      return /^(running|degraded)$/m.test(text)
    })
  }

  /** As its power button does. */
  async powerOff(): Promise<void> {
    const container = this.#container
    if (container === undefined) return
    const ended = new Promise((resolve) => container.once('exit', resolve))
    this.run('systemctl', 'poweroff')
    await ended
    this.#container = undefined
  }

  /** Runs a program in it as root. */
  run(...command: readonly string[]): Answer {
    const leader = this.#leader()
    if (leader === undefined) return { code: null, text: 'the machine does not run' }
    const inside = ['-t', String(leader), '-m', '-u', '-i', '-n', '-p', '-C', '-r', '-w', ...command]
    const { status, stdout, stderr } = spawnSync('nsenter', inside, { env: ENVIRONMENT, encoding: 'utf8', maxBuffer: 2 ** 26 })
    return { code: status, text: `${stdout}${stderr}`.trim() }
  }

  /** @throws Error with what it said when it does not end with 0 */
  must(...command: readonly string[]): string {
    const { code, text } = this.run(...command)
    if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}:\n${text}`)
    return text
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    const deadline = performance.now() + PATIENCE_MILLIS
    while (!holds()) {
      if (performance.now() > deadline) throw new Error(`waited ${PATIENCE_MILLIS / 1000} s in vain for ${what}`)
      await pause(500)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.powerOff()
  }

  /** Its process 1 as this machine numbers it. */
  #leader(): number | undefined {
    const pid = this.#container?.pid
    if (pid === undefined) return undefined
    const children = `/proc/${pid}/task/${pid}/children`
    const [first] = existsSync(children) ? readFileSync(children, 'utf8').trim().split(' ') : []
    return first === undefined || first === '' ? undefined : Number(first)
  }
}

/** Makes the folder of a machine: a small Debian with the packages fetched that ours asks for, so that nothing needs a network later. */
export function layDebian(folder: string, suite: string): void {
  if (existsSync(folder) && readdirSync(folder).length > 0) return
  const included = 'systemd,systemd-sysv,dbus,curl,procps,debconf,libatomic1,libstdc++6,init-system-helpers'
  execFileSync('debootstrap', ['--variant=minbase', `--include=${included}`, suite, folder], { stdio: ['ignore', 'ignore', 'inherit'] })
  execFileSync('chroot', [folder, 'apt-get', 'install', '-y', '-qq', '--no-install-recommends', '--download-only', 'mosquitto'], {
    env: ENVIRONMENT,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}
