// npm test [-- PART ...]: every check, or the parts named. Installs what it needs.
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { freemem, tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT, Refusal, buildPages, guarded, has, prepare, say } from './bootstrap.mjs'

/** Real peers from Debian, each with how its presence shows: a browser, a mail server, and servers and clients of every protocol. */
const PACKAGES = [
  ['chromium', () => has('chromium')],
  ['python3-pymodbus', () => importable('pymodbus')],
  // pymodbus only recommends it, and cannot do without
  ['python3-serial-asyncio', () => importable('serial_asyncio')],
  // with libmodbus
  ['mbpoll', () => has('mbpoll')],
  ['exim4-daemon-light', () => existsSync('/usr/sbin/exim4')],
  ['mosquitto', () => existsSync('/usr/sbin/mosquitto')],
  ['mosquitto-clients', () => has('mosquitto_pub')],
  ['python3-paho-mqtt', () => importable('paho.mqtt.client')],
  ['python3-scapy', () => importable('scapy.contrib.scada.iec104')],
  ['tshark', () => has('tshark')],
  // a provider's description of its API is YAML, where it is at hand
  ['python3-yaml', () => importable('yaml')],
]
const TEST_ARGUMENTS = ['--test', '--test-timeout=600000', '--test-reporter=dot']
/**
 * What needs a database, a socket or a browser: parts side by side, with the files at once of each. What mostly waits, for a minute to
 * pass or a device to be given up, goes beside what has two cores to do.
 */
const REAL = [
  { parts: ['store', 'flow'], filesAtOnce: 3 },
  { parts: ['processes', 'browser'], filesAtOnce: 3 },
]
/** Memory for what tests throw away: their databases have a thousand files each, and disks are slow with them. */
const SCRATCH_BYTES = 8 * 1024 ** 3
const PARTS = ['format', 'lint', 'types', 'unused', 'unit', 'store', 'timescale', 'flow', 'processes', 'browser']

await guarded(async () => {
  const wanted = process.argv.slice(2)
  const unknown = wanted.filter((part) => !PARTS.includes(part))
  if (unknown.length > 0) throw new Refusal(`There is no part ${unknown.join(', ')}. The parts are ${PARTS.join(', ')}.`)
  const on = (part) => wanted.length === 0 || wanted.includes(part)
  const node = await prepare()
  process.env.TMPDIR = scratchFolder()
  if (['flow', 'processes', 'browser'].some(on)) installPeers()

  const tool = (name, ...args) => [node, [join(ROOT, 'node_modules', name), ...args]]
  const checks = {
    format: [[tool('oxfmt/bin/oxfmt', '--check')]],
    lint: [[tool('oxlint/bin/oxlint', '--type-aware')]],
    types: [[tool('typescript/bin/tsc', '-p', '.'), tool('typescript/bin/tsc', '-p', 'web')]],
    unused: [[tool('knip/bin/knip.js')]],
  }
  const [, ...results] = await Promise.all([
    ['processes', 'browser'].some(on) ? buildPages(node) : undefined,
    ...Object.entries(checks).flatMap(([part, steps]) => (on(part) ? [run(part, steps)] : [])),
  ])
  if (on('unit')) {
    const files = [...testsBelow('src'), ...testsBelow('web/src'), ...testsBelow('simulator'), ...testsIn('test')]
    // one process for many files; more of them than cores, since none has the same to do
    const share = (shard) => [node, ['--test', '--test-isolation=none', '--test-reporter=dot', `--test-shard=${shard}/4`, ...files]]
    results.push(await run('unit', [[1, 2, 3, 4].map(share)]))
  }
  const real = REAL.map(({ parts, filesAtOnce }) => ({ parts: parts.filter(on), filesAtOnce })).filter(({ parts }) => parts.length > 0)
  if (real.length > 0) {
    await withDatabase(node, async (environment) => {
      const runs = real.map(async ({ parts, filesAtOnce }) => {
        const files = parts.flatMap((part) => testsBelow(join('test', part)))
        return await run(parts.join(', '), [[[node, [...TEST_ARGUMENTS, `--test-concurrency=${filesAtOnce}`, ...files]]]], environment)
      })
      results.push(...(await Promise.all(runs)))
    })
  }
  if (on('timescale')) results.push(await runOnTimescale(node))
  const failed = results.filter((result) => !result.ok)
  const left = results.filter((result) => result.notRun !== undefined)
  const passed = left.length === 0 ? 'All checks passed.' : 'All checks that were run passed.'
  say(`\n${failed.length === 0 ? passed : `Failed: ${failed.map((result) => result.part).join(', ')}.`}`)
  for (const { part, notRun } of left) say(`Not run: ${part}, ${notRun}`)
  process.exitCode = failed.length === 0 ? 0 : 1
})

/** A folder in memory where there is plenty of it, else where the system has its own; gone with this process. */
function scratchFolder() {
  const memory = '/dev/shm'
  const { bavail, bsize } = existsSync(memory) ? statfsSync(memory) : { bavail: 0, bsize: 0 }
  const plenty = Math.min(bavail * bsize, freemem()) >= SCRATCH_BYTES
  const folder = mkdtempSync(join(plenty ? memory : tmpdir(), 'synctide-tests-'))
  // other accounts work in it too: databases and mail servers
  chmodSync(folder, 0o1777)
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
  return folder
}

/** @param steps one after the other; commands of one step side by side */
async function run(part, steps, environment = process.env) {
  const began = Date.now()
  if (process.stderr.isTTY) say(`${part.padEnd(10)} ...`)
  for (const step of steps) {
    const ends = await Promise.all(step.map(async ([command, args]) => await capture(command, args, environment)))
    const failed = ends.filter(({ code }) => code !== 0)
    if (failed.length > 0) {
      say(`${part.padEnd(10)} failed after ${seconds(began)} s\n\n${failed.map(({ output }) => output).join('\n')}`)
      return { part, ok: false }
    }
  }
  say(`${part.padEnd(10)} ok, ${seconds(began)} s`)
  return { part, ok: true }
}

function seconds(began) {
  return Math.round((Date.now() - began) / 100) / 10
}

async function capture(command, args, environment) {
  const child = spawn(command, args, { cwd: ROOT, env: { ...environment, NODE_ENV: 'test' }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  return { code, output }
}

/** The tests of the store once more on a server with TimescaleDB, with those of what only it has. */
async function runOnTimescale(node) {
  const part = 'timescale'
  const files = [...testsBelow(join('test', part)), ...testsBelow(join('test', 'store'))]
  const work = async (environment) => await run(part, [[[node, [...TEST_ARGUMENTS, '--test-concurrency=2', ...files]]]], environment)
  const given = process.env.SYNCTIDE_TEST_TIMESCALE_URL ?? ''
  if (given !== '') return await work({ ...process.env, SYNCTIDE_TEST_DATABASE_URL: given })
  const binaries = timescaleOfDebian()
  if (binaries !== undefined) return await withServer(node, [binaries], work)
  const notRun = 'no TimescaleDB here: SYNCTIDE_TEST_TIMESCALE_URL names no server, and Debian has none for a PostgreSQL that is installed.'
  say(`${part.padEnd(10)} not run, ${notRun}`)
  return { part, ok: true, notRun }
}

/** The folder of an installed PostgreSQL that has TimescaleDB, from Debian's package where there is one for it. */
function timescaleOfDebian() {
  for (const major of [17, 18, 16, 15]) {
    const folder = `/usr/lib/postgresql/${major}`
    if (!existsSync(join(folder, 'bin/postgres'))) continue
    const name = `postgresql-${major}-timescaledb`
    const there = () => existsSync(`/usr/share/postgresql/${major}/extension/timescaledb.control`)
    const offered = () => spawnSync('apt-cache', ['show', name], { stdio: 'ignore' }).status === 0
    if (!there() && has('apt-get') && offered()) install([name])
    if (there()) return folder
  }
  return undefined
}

/** One embedded server for all parts; each test file makes databases of its own in it. */
async function withDatabase(node, work) {
  if ((process.env.SYNCTIDE_TEST_DATABASE_URL ?? '') !== '') return await work(process.env)
  return await withServer(node, [], work)
}

/** @param more arguments of test/support/server.ts beside the folder */
async function withServer(node, more, work) {
  const folder = mkdtempSync(join(tmpdir(), 'server-'))
  chmodSync(folder, 0o755)
  const server = spawn(node, [join(ROOT, 'test/support/server.ts'), folder, ...more], { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => server.once('exit', resolve))
  try {
    const url = await new Promise((resolve, reject) => {
      server.stdout.once('data', (chunk) => resolve(String(chunk).trim()))
      server.once('exit', () => reject(new Refusal('The test database did not start.')))
    })
    return await work({ ...process.env, SYNCTIDE_TEST_DATABASE_URL: url })
  } finally {
    server.stdin.end()
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Whether Debian's own Python, the one its packages are installed for, finds a module. */
function importable(module) {
  return spawnSync('/usr/bin/python3', ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0
}

function installPeers() {
  const missing = PACKAGES.filter(([, present]) => !present()).map(([name]) => name)
  if (missing.length > 0) install(missing)
}

/** @throws Refusal with the one line to run when this account may not */
function install(missing) {
  const line = `apt-get install -y --no-install-recommends ${missing.join(' ')}`
  const root = process.getuid?.() === 0
  const sudo = !root && has('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0
  if (!has('apt-get') || (!root && !sudo))
    throw new Refusal(`The tests need ${missing.join(', ')}. Run this once, then start again:\n\n  sudo ${line}`)
  say(`Installing ${missing.join(', ')} ...`)
  const apt = (args) => {
    const [command, all] = root ? ['apt-get', args] : ['sudo', ['-n', 'apt-get', ...args]]
    return spawnSync(command, all, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, encoding: 'utf8' })
  }
  const args = ['install', '-y', '--no-install-recommends', ...missing]
  let done = apt(args)
  if (done.status !== 0) {
    apt(['update'])
    done = apt(args)
  }
  if (done.status !== 0) throw new Refusal(`${line} failed:\n${done.stderr}`)
}

function testsIn(folder) {
  return readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(ROOT, folder, name))
}

function testsBelow(folder) {
  if (!existsSync(join(ROOT, folder))) return []
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
}
