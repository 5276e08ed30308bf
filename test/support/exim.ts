import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, connect, type AddressInfo } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { until } from './installation.ts'

/** Debian's exim4 as a mail server of its own on loopback: takes mail for any address at plant.test and keeps it in one file. */
export interface Exim extends AsyncDisposable {
  readonly port: number
  /** Everything delivered so far, in mbox form. */
  mailbox(): string
}

/** Mail to `refused@plant.test` is refused at RCPT, mail to another domain too. */
export async function startExim(): Promise<Exim> {
  const folder = mkdtempSync(join(tmpdir(), 'synctide-exim-'))
  const spool = join(folder, 'spool')
  const mbox = join(folder, 'mbox')
  mkdirSync(spool)
  const account = userInfo().uid === 0 ? 'Debian-exim' : userInfo().username
  const port = await freePort()
  const config = join(folder, 'exim.conf')
  writeFileSync(
    config,
    `exim_user = ${account}
exim_group = ${account}
primary_hostname = mail.plant.test
domainlist local_domains = plant.test
daemon_smtp_ports = ${port}
local_interfaces = 127.0.0.1
spool_directory = ${spool}
log_file_path = ${folder}/%slog
pid_file_path = ${folder}/exim.pid
acl_smtp_rcpt = acl_rcpt
tls_advertise_hosts =
never_users =
host_lookup =
keep_environment =
begin acl
acl_rcpt:
  deny local_parts = refused
       message = no such person
  accept domains = +local_domains
  deny message = relay not permitted
begin routers
all:
  driver = accept
  transport = file
begin transports
file:
  driver = appendfile
  file = ${mbox}
  user = ${account}
  mode = 0644
  mode_fail_narrower = false
  create_directory = false
  delivery_date_add
`,
  )
  chmodSync(folder, 0o777)
  chmodSync(spool, 0o777)
  const server = spawn('/usr/sbin/exim4', ['-C', config, '-bdf', '-q1m'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  server.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
  server.stdout.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
  const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  try {
    await until('exim to answer', async () =>
      server.exitCode === null ? await answers(port) : Promise.reject(new Error(`exim ended: ${said}`)),
    )
  } catch (error) {
    await end(server, exited)
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
  return {
    port,
    mailbox: () => (existsSync(mbox) ? readFileSync(mbox, 'utf8') : ''),
    async [Symbol.asyncDispose]() {
      await end(server, exited)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function end(server: ChildProcess, exited: Promise<void>): Promise<void> {
  if (server.exitCode === null) server.kill('SIGTERM')
  await exited
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function answers(port: number): Promise<true | undefined> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('data', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(undefined))
  })
}
