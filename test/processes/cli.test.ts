import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Installation, setUp, startInstallation } from '../support/installation.ts'
import { allRunning, supervised } from '../support/process-tree.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const COMMANDS = [
  'status',
  'setup-link',
  'user add',
  'token create',
  'plan',
  'apply',
  'export',
  'backup',
  'restore',
  'history export',
  'restart',
  'logs',
  'demo fault',
]

let installation: Installation
before(async () => {
  installation = await startInstallation()
  await allRunning(installation.folder)
  const { links } = JSON.parse((await synctide(['setup-link', '--json'])).out) as { links: [string] }
  await assert.rejects(setUp(installation), /POST \/api\/setup/, 'the link that was printed at the start was replaced')
  await setUp({ ...installation, setupToken: new URL(links[0]).searchParams.get('token') ?? undefined })
})
after(async () => await installation[Symbol.asyncDispose]())

interface Answer {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

async function synctide(words: readonly string[], options: { folder?: string; input?: string } = {}): Promise<Answer> {
  const child = spawn(process.execPath, [join(ROOT, 'src/main/cli.ts'), ...words], {
    // elsewhere than the program: the data folder comes from the environment alone
    cwd: tmpdir(),
    env: { ...process.env, SYNCTIDE_DATA: options.folder ?? installation.folder },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')))
  child.stdin.end(options.input ?? '')
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, out, err }
}

test('every command explains itself, and wrong words are answered with code 2', async () => {
  for (const name of COMMANDS) {
    const { code, out } = await synctide([...name.split(' '), '--help'])
    assert.equal(code, 0, name)
    assert.match(out, new RegExp(`^synctide ${name}`))
  }
  const general = await synctide(['--help'])
  assert.equal(general.code, 0)
  for (const name of COMMANDS) assert.match(general.out, new RegExp(`^ {2}${name}`, 'm'))
  const misspelt = await synctide(['statsu'])
  assert.deepEqual([misspelt.code, misspelt.out], [2, ''])
  assert.match(misspelt.err, /did you mean status\?/)
  const half = await synctide(['history', '--help'])
  assert.deepEqual([half.code, half.err], [2, 'There is no command history alone, but history export and history import.\n'])
  assert.equal((await synctide(['status', '--nonsense'])).code, 2)
  assert.equal((await synctide(['restart'])).code, 2)
})

test('the link of the first run is not given to whoever comes later', async () => {
  const { code, out, err } = await synctide(['setup-link'])
  assert.deepEqual([code, out], [1, ''])
  assert.match(err, /a user already/)
  assert.deepEqual(await synctide(['setup-link', '--if-needed']), { code: 0, out: '', err: '' })
})

test('status tells every process, for people and for programs', async () => {
  const text = await synctide(['status'])
  assert.equal(text.code, 0, text.err)
  assert.match(text.out, /alarm +running/)
  const { code, out } = await synctide(['status', '--json'])
  const status = JSON.parse(out) as { running: boolean; url: string; database: string; processes: { name: string; pid: number }[] }
  assert.deepEqual([code, status.running, status.url, status.database], [0, true, installation.url, 'up'])
  assert.deepEqual(
    status.processes.map(({ name, pid }) => [name, pid]),
    supervised(installation.folder).map(({ name, pid }) => [name, pid]),
  )
})

test('restart replaces one process and no other', async () => {
  const all = await allRunning(installation.folder)
  const { code, out } = await synctide(['restart', 'alarm'])
  assert.deepEqual([code, out], [0, 'alarm was restarted.\n'])
  const now = await allRunning(installation.folder)
  assert.deepEqual(
    now.filter((one, index) => one.pid !== all[index]?.pid).map(({ name }) => name),
    ['alarm'],
  )
  const wrong = await synctide(['restart', 'alram'])
  assert.equal(wrong.code, 1)
  assert.match(wrong.err, /did you mean alarm\?/)
})

test('logs prints lines of one process', async () => {
  const { code, out } = await synctide(['logs', 'keeper', '--lines', '1'])
  assert.equal(code, 0)
  assert.equal(out.trim().split('\n').length, 1)
  const { lines } = JSON.parse((await synctide(['logs', 'keeper', '--json'])).out) as { lines: { event: string }[] }
  assert.ok(lines.some(({ event }) => event === 'process.started'))
  assert.equal((await synctide(['logs', 'kepper'])).code, 1)
})

test('a plant file is planned, applied, exported, and then makes no difference', async () => {
  const device = { code: 'PS-01', name: 'Pump station', protocol: 'modbus', connection: { host: '127.0.0.1', port: 1 } }
  const exported = JSON.parse((await synctide(['export', '--json'])).out) as Record<string, unknown>
  const folder = mkdtempSync(join(tmpdir(), 'synctide-plant-'))
  try {
    const file = join(folder, 'plant.json')
    writeFileSync(file, JSON.stringify({ ...exported, devices: [device] }))
    const planned = await synctide(['plan', file])
    assert.equal(planned.code, 4, planned.err)
    assert.match(planned.out, /PS-01/)
    assert.equal((await synctide(['plan', file])).code, 4, 'a plan writes nothing')
    const applied = await synctide(['apply', file])
    assert.equal(applied.code, 0, applied.err)
    const again = await synctide(['export'])
    assert.match(again.out, /PS-01/)
    const same = await synctide(['plan', '-'], { input: again.out })
    assert.deepEqual([same.code, same.out], [0, 'Nothing to change.\n'])
    const wrong = await synctide(['apply', '-'], { input: JSON.stringify({ ...exported, devicse: [] }) })
    assert.equal(wrong.code, 1)
    assert.match(wrong.err, /devicse.*devices/s)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a user is added, and a token on the user’s behalf may what the user may', async () => {
  const added = JSON.parse((await synctide(['user', 'add', 'rui', '--role', 'operator', '--json'])).out) as { link: string }
  assert.match(added.link, /^http:\/\/[^/]+\/password\?token=[\w-]{20,}$/)
  assert.equal((await synctide(['user', 'add', 'rui'])).code, 1, 'twice')
  assert.equal((await synctide(['user', 'add', 'eva', '--role', 'king'])).code, 1)
  const made = await synctide(['token', 'create', 'report', '--user', 'rui', '--role', 'viewer'])
  assert.equal(made.code, 0, made.err)
  const ask = async (path: string, method = 'GET'): Promise<number> =>
    (await fetch(`${installation.url}${path}`, { method, headers: { authorization: `Bearer ${made.out.trim()}` } })).status
  assert.equal(await ask('/api/alarms'), 200)
  assert.equal(await ask('/api/devices', 'POST'), 403, 'a viewer changes nothing')
  assert.equal((await fetch(`${installation.url}/api/alarms`)).status, 401)
  assert.equal((await synctide(['token', 'create', 'report', '--user', 'nobody'])).code, 1)
})

test('a folder on which nothing runs is code 3', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'synctide-nothing-'))
  try {
    for (const words of [['status'], ['export'], ['restart', 'alarm'], ['logs', 'alarm']]) {
      const { code, err } = await synctide(words, { folder })
      assert.equal(code, 3, `${words.join(' ')}: ${err}`)
      assert.doesNotMatch(err, /\n {4}at /)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
