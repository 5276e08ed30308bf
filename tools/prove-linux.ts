// node tools/prove-linux.ts PACKAGE.deb [--suite trixie] [--base FOLDER]: installs the package on a fresh Debian under systemd, breaks it,
// upgrades it, removes it, and says what was seen. Needs root, debootstrap, systemd-nspawn and room for 2 GB.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { asError } from '#base/errors.ts'
import { NspawnMachine, layDebian } from './package/nspawn-machine.ts'
import { PROGRAM_FOLDER } from './package/program-tree.ts'

const NEXT_VERSION = '99.0.0'
const DATA = '/var/lib/synctide'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { suite: { type: 'string', default: 'trixie' }, base: { type: 'string' } },
})
const [file = ''] = positionals
const work = mkdtempSync(join(tmpdir(), 'synctide-prove-'))
try {
  const base = resolve(values.base ?? join(work, 'base'))
  const folder = join(work, 'machine')
  layDebian(base, values.suite)
  execFileSync('cp', ['-a', '--reflink=auto', base, folder])
  const first = join('/root', basename(file))
  cpSync(file, join(folder, first))
  const next = join('/root', 'next.deb')
  buildNext(file, join(folder, next))
  await using machine = new NspawnMachine(folder)
  await machine.boot()
  await prove(machine, first, next)
} catch (error) {
  process.stderr.write(`\nNot proved: ${asError(error).message}\n`)
  process.exitCode = 1
} finally {
  rmSync(work, { recursive: true, force: true })
}

async function prove(machine: NspawnMachine, first: string, next: string): Promise<void> {
  const apt = (...words: string[]): string => machine.must('apt-get', '-y', '-q', '--no-install-recommends', ...words)
  const installed = apt('install', first)
  const token = /\/setup\?token=(\S+)/.exec(installed)?.[1]
  check(token !== undefined, 'installed without a network; it ended with the one-time link')
  check(machine.must('curl', '-sf', 'http://localhost/').includes('<html'), 'the page is on port 80')
  const owners = machine
    .must('ps', '-eo', 'user:20,args')
    .split('\n')
    .filter((line) => /synctide\//.test(line) && !/\bps -eo/.test(line))
  check(
    owners.length > 12 && owners.every((line) => line.startsWith('synctide ')),
    `${owners.length} processes, all as the account synctide`,
  )
  check(
    owners.some((line) => line.includes('/usr/sbin/mosquitto -c /var/lib/synctide/broker/')),
    'the bundled broker is Mosquitto',
  )
  say(`  ${machine.must('systemd-analyze', 'security', 'synctide', '--no-pager').split('\n').at(-1) ?? ''}`)

  const setup = {
    token,
    login: 'ana',
    password: 'correct horse battery',
    displayName: 'Ana',
    siteName: 'Proof',
    timeZone: 'Europe/Lisbon',
    language: 'pt',
  }
  const headers = ['-H', 'content-type: application/json', '-H', 'origin: http://localhost']
  const reply = machine.must('curl', '-s', ...headers, '-d', JSON.stringify(setup), 'http://localhost/api/setup')
  check(reply.includes('csrf'), 'the administrator was made with it')
  check(machine.run('synctide', 'setup-link').code === 1, 'and no further link is given')
  const plant = machine.must('synctide', 'export')
  const devices = oneOfEachProtocol(plant)
  check(devices.length === 5, 'the demo plant speaks five protocols')
  await untilLive(machine, devices, 'all of them give values')

  const history = (): string =>
    machine.must('synctide', 'history', 'export', '--tags', 'BH-01:Flow', '--from', '2020-01-01T00:00Z', '--layout', 'long')
  const keeps = (before: string): boolean =>
    machine.must('synctide', 'export') === plant && before.split('\n').every((line) => history().includes(line))

  const pid = (): string => machine.must('systemctl', 'show', '-P', 'MainPID', 'synctide')
  const before = history()
  const killed = pid()
  machine.must('kill', '-KILL', killed)
  await machine.until('another supervisor', () => !['0', killed].includes(pid()) && healthy(machine))
  await untilLive(machine, devices, 'kill -9 of the supervisor: everything came back')
  machine.must('sh', '-c', `kill -KILL $(head -1 ${DATA}/postgres/cluster/postmaster.pid)`)
  await untilLive(machine, devices, 'kill -9 of PostgreSQL: it came back')
  check(keeps(before), 'and every sample and setting is there')

  await machine.powerOff()
  await machine.boot()
  await machine.until('the service', () => healthy(machine))
  await untilLive(machine, devices, 'the machine was restarted: it runs again by itself')

  machine.must('sh', '-c', `echo SYNCTIDE_BACKUP_FOLDER=/proc/none >> /etc/synctide/synctide.env`)
  apt('-o', 'Dpkg::Options::=--force-confold', 'install', next)
  await machine.until('the refusal', () =>
    machine.run('journalctl', '-u', 'synctide', '-o', 'cat').text.includes('not upgraded without a good backup'),
  )
  check(!healthy(machine), 'an upgrade without a good backup is refused by the service')
  apt('install', '--allow-downgrades', first)
  await machine.until('the version before', () => healthy(machine))
  check(keeps(before), 'and the version before runs on what was not touched')
  machine.must('sed', '-i', '/^SYNCTIDE_BACKUP_FOLDER/d', '/etc/synctide/synctide.env')
  apt('install', next)
  await machine.until(
    'the next version',
    () => healthy(machine) && machine.run('curl', '-s', 'http://localhost/api/health').text.includes(NEXT_VERSION),
  )
  check(machine.must('sh', '-c', `ls ${DATA}/backups`) !== '', 'upgraded, after a backup')
  await untilLive(machine, devices, 'the version after gives values')
  check(keeps(before), 'with every sample and setting')

  apt('remove', 'synctide')
  check(machine.run('sh', '-c', 'pgrep -u synctide || test -e /usr/bin/synctide').code === 1, 'removed: no process, no program')
  apt('install', next)
  await machine.until('it again', () => healthy(machine))
  check(keeps(before), 'installed again: everything is there')
  apt('purge', 'synctide')
  check(
    machine.run('test', '-d', DATA).code === 0 && machine.run('test', '-e', '/etc/synctide').code === 1,
    'purged: the settings are gone, the history stays',
  )
  apt('install', next)
  machine.must('sh', '-c', 'echo synctide synctide/purge-data boolean true | debconf-set-selections')
  apt('purge', 'synctide')
  check(machine.run('test', '-e', DATA).code === 1, 'purged with a yes: the history is gone as well')
  const left = machine.run('sh', '-c', 'find /etc /usr /var/cache -iname "*synctide*"').text
  check(left === '', `nothing is left${left === '' ? '' : `: ${left}`}`)
  say('Proved.')
}

function healthy(machine: NspawnMachine): boolean {
  return machine.run('synctide', 'status').code === 0
}

/** A device of each protocol of the demo plant. */
function oneOfEachProtocol(plant: string): readonly string[] {
  const { devices } = JSON.parse(plant) as { devices: { code: string; protocol: string }[] }
  return [...new Map(devices.map(({ code, protocol }) => [protocol, code])).values()]
}

/** Each of them has a value younger than the moment of asking. */
async function untilLive(machine: NspawnMachine, devices: readonly string[], what: string): Promise<void> {
  const from = new Date().toISOString()
  const waiting = new Set(devices)
  await machine.until(`values of ${devices.join(', ')}`, () => {
    for (const code of waiting) {
      const { code: exit, text } = machine.run('synctide', 'history', 'export', '--tags', `${code}:*`, '--from', from, '--layout', 'long')
      if (exit === 0 && text.split('\n').length > 1) waiting.delete(code)
    }
    return waiting.size === 0
  })
  say(`ok  ${what}`)
}

/** The same program under another number and with one more change of the schema, so that an upgrade has something to do. */
function buildNext(path: string, target: string): void {
  const tree = mkdtempSync(join(work, 'next-'))
  execFileSync('dpkg-deb', ['--raw-extract', path, tree])
  const edit = (name: string, pattern: RegExp, text: string): void => {
    const whole = readFileSync(join(tree, name), 'utf8')
    writeFileSync(join(tree, name), whole.replace(pattern, text))
  }
  edit('DEBIAN/control', /^Version: .*$/m, `Version: ${NEXT_VERSION}`)
  edit(join(PROGRAM_FOLDER, 'package.json'), /"version": "[^"]*"/, `"version": "${NEXT_VERSION}"`)
  const migrations = join(tree, PROGRAM_FOLDER, 'src/store/migrations')
  const number = String(readdirSync(migrations).length + 1).padStart(4, '0')
  writeFileSync(join(migrations, `${number}_proof.sql`), `comment on table settings is 'upgraded by the proof';\n`)
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zgzip', '-z1', '--build', tree, target], { stdio: ['ignore', 'ignore', 'inherit'] })
  rmSync(tree, { recursive: true })
}

/** @throws Error when it does not hold */
function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(what)
  say(`ok  ${what}`)
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
