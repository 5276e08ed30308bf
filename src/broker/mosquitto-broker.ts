import { type ChildProcess, spawn } from 'node:child_process'
import { pbkdf2Sync, randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { ConfigError } from '#base/errors.ts'
import type { BrokerConfig } from '#drivers/mqtt/broker-config.ts'
import type { Logger } from '#host/log.ts'
import { MAX_BYTES, MAX_QUEUED } from './broker-store.ts'
import type { BundledBroker } from './bundled-broker.ts'

/** It stores what it holds at its end, which takes a moment for many messages. */
const STOP_MILLIS = 5000
const START_MILLIS = 20_000
const KEPT_LINES = 5

/** Mosquitto with a configuration of ours, in a process of its own. */
export class MosquittoBroker implements BundledBroker {
  readonly port: number
  readonly ended: Promise<string>
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, port: number, ended: Promise<string>) {
    this.#child = child
    this.port = port
    this.ended = ended
  }

  /**
   * @param options `program` is the path of mosquitto, 2.0 or newer; `folder` is its own, for configuration and what it holds
   * @throws ConfigError naming `username`, `port`, or SYNCTIDE_MOSQUITTO with what it said when it does not start
   */
  static async start(options: { program: string; folder: string; config: BrokerConfig; log: Logger }): Promise<MosquittoBroker> {
    const { program, folder, config, log } = options
    // one line of its password file is one user, up to the first colon
    if (/[:\p{Cc}]/u.test(config.username)) {
      throw new ConfigError('username', 'Mosquitto takes no user name with a colon or a control character', {
        remedy: 'Choose another user name, and enter it in the devices that publish.',
      })
    }
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const paths = { config: join(folder, 'mosquitto.conf'), passwords: join(folder, 'passwords'), pid: join(folder, 'pid'), folder }
    await endOrphan(paths)
    if (config.username !== '') {
      await writeFile(paths.passwords, `${config.username}:${hashOf(config.password.reveal())}\n`, { mode: 0o600 })
    }
    await writeFile(paths.config, configurationOf(config, paths), { mode: 0o600 })
    const child = spawn(program, ['-c', paths.config], { stdio: ['ignore', 'ignore', 'pipe'] })
    const said: string[] = []
    const started = Promise.withResolvers<boolean>()
    const ended = new Promise<string>((resolve) => {
      const tell = (reason: string): void => {
        started.resolve(false)
        resolve([reason, ...said].join(': '))
      }
      child.once('error', (error) => tell(error.message))
      child.once('close', (code, signal) => tell(signal ?? `exit code ${code}`))
    })
    createInterface({ input: child.stderr }).on('line', (line) => {
      const text = line.replace(/^\d+: /, '')
      if (text.endsWith(' running')) started.resolve(true)
      if (!/error|warning|dropped|unable/i.test(text)) return
      said.push(text)
      if (said.length > KEPT_LINES) said.shift()
      log.warn('broker.mosquitto', { text })
    })
    const timer = setTimeout(() => started.resolve(false), START_MILLIS)
    const runs = await started.promise
    clearTimeout(timer)
    if (runs) return new MosquittoBroker(child, config.port, ended)
    child.kill('SIGKILL')
    throw refusal(program, config.port, await ended)
  }

  /** It saves by itself, every half minute. */
  async save(): Promise<void> {
    await Promise.resolve()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGTERM')
    const late = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MILLIS)
    await this.ended
    clearTimeout(late)
  }
}

function configurationOf(config: BrokerConfig, paths: { folder: string; passwords: string; pid: string }): string {
  return [
    `listener ${config.port}${config.openToNetwork ? '' : ' 127.0.0.1'}`,
    ...(config.username === '' ? ['allow_anonymous true'] : ['allow_anonymous false', `password_file ${paths.passwords}`]),
    // only read when it is started by root: it must reach its folder
    `user ${userInfo().username}`,
    `pid_file ${paths.pid}`,
    'persistence true',
    `persistence_location ${paths.folder}/`,
    'autosave_interval 30',
    `max_queued_messages ${MAX_QUEUED}`,
    `max_queued_bytes ${MAX_BYTES}`,
    'log_dest stderr',
    'log_type error',
    'log_type warning',
    'log_type notice',
    'log_type information',
    'connection_messages false',
    '',
  ].join('\n')
}

/** One line of a password file of Mosquitto 2.0: PBKDF2 with SHA-512, type 7. */
function hashOf(password: string): string {
  const iterations = 100_000
  const salt = randomBytes(12)
  const hash = pbkdf2Sync(password, salt, iterations, 64, 'sha512')
  return `$7$${iterations}$${salt.toString('base64')}$${hash.toString('base64')}`
}

function refusal(program: string, port: number, reason: string): ConfigError {
  if (/address already in use|permission denied/i.test(reason) && !reason.includes('ENOENT') && !reason.includes('EACCES')) {
    const why = /in use/i.test(reason) ? 'is taken by another program' : 'is not allowed for this account'
    return new ConfigError('port', `Port ${port} ${why}`, { remedy: 'Choose another port for the bundled broker.' })
  }
  return new ConfigError('SYNCTIDE_MOSQUITTO', `${program} does not run as the bundled broker: ${reason}`, {
    remedy: 'Install Mosquitto 2.0 or newer and give its path, or unset SYNCTIDE_MOSQUITTO: then the broker inside SyncTide serves.',
  })
}

/** One that outlived a process of ours which was killed holds the port: it goes, and keeps what it has. */
async function endOrphan(paths: { config: string; pid: string }): Promise<void> {
  const pid = Number(await readFile(paths.pid, 'utf8').catch(() => ''))
  if (!Number.isInteger(pid) || pid <= 0) return
  // where there is no such folder nothing is known of it
  const isOurs = async (): Promise<boolean> => (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes(paths.config)
  const end = (signal: NodeJS.Signals): void => {
    try {
      process.kill(pid, signal)
    } catch {
      // it has just ended by itself
    }
  }
  if (!(await isOurs())) return
  end('SIGTERM')
  const deadline = performance.now() + STOP_MILLIS
  while (await isOurs()) {
    if (performance.now() > deadline) end('SIGKILL')
    await pause(50)
  }
}
