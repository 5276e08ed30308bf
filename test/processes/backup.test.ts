import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startEmbeddedPostgres } from '#host/embedded-postgres.ts'
import { openDatabase } from '#store/database.ts'
import { migrate, readMigrations } from '#store/migrate.ts'
import { setUp, startInstallation } from '../support/installation.ts'
import { allRunning } from '../support/process-tree.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const place = mkdtempSync(join(tmpdir(), 'synctide-backup-'))
chmodSync(place, 0o755)
const [first, second] = [join(place, 'first'), join(place, 'second')]
const file = join(place, 'site.backup')
after(() => rmSync(place, { recursive: true, force: true }))

/** @param killAt text after whose appearance it is killed at once */
async function synctide(words: readonly string[], folder: string, killAt?: string): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, [join(ROOT, 'src/main/cli.ts'), ...words], {
    cwd: tmpdir(),
    env: { ...process.env, SYNCTIDE_DATA: folder },
  })
  let text = ''
  const hear = (chunk: Buffer): void => {
    text += chunk.toString('utf8')
    if (killAt !== undefined && text.includes(killAt)) child.kill('SIGKILL')
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, text }
}

test('a running site is backed up by one command, and its status says so', async () => {
  await using installation = await startInstallation({ folder: first })
  await allRunning(first)
  await setUp(installation)
  const backup = await synctide(['backup', '--to', file], first)
  assert.equal(backup.code, 0, backup.text)
  assert.match(backup.text, /not encrypted[^]*Restored and compared: \d+ tables, \d+ rows, the same/)
  assert.match((await synctide(['status'], first)).text, /backup 0 h ago, restored and compared: .*site\.backup/)
  const occupied = await synctide(['restore', file], first)
  assert.equal(occupied.code, 1)
  assert.match(occupied.text, /not empty/)
})

test('killed while it restores, it leaves nothing that starts, and begins anew', async () => {
  const killed = await synctide(['restore', file], second, 'The file is whole')
  assert.equal(killed.code, null, killed.text)
  await assert.rejects(startInstallation({ folder: second }), /cut short/)
  const restored = await synctide(['restore', file], second)
  assert.equal(restored.code, 0, restored.text)
  assert.match(restored.text, /must be entered again/)
})

test('a restored site starts, with its people', async () => {
  await using installation = await startInstallation({ folder: second })
  assert.equal(installation.setupToken, undefined)
  assert.equal(existsSync(join(second, 'restore.incomplete')), false)
})

test('a newer version takes a backup before it touches the schema, or does not start', async () => {
  const third = join(place, 'third')
  await using stack = new AsyncDisposableStack()
  const server = await startEmbeddedPostgres({ folder: third })
  stack.defer(async () => await server.stop())
  const db = openDatabase(server.url, { name: 'test', max: 2 })
  await migrate(db, { upTo: readMigrations().length - 1 })
  await db.close()
  await stack.disposeAsync()

  writeFileSync(join(third, 'backups'), 'in the way')
  await assert.rejects(startInstallation({ folder: third }), /not upgraded without a good backup/)
  rmSync(join(third, 'backups'))
  await using installation = await startInstallation({ folder: third })
  assert.match(installation.output(), /this is a newer version: taking a backup first[^]*restored and compared, \d+ rows/)
  assert.match(readdirSync(join(third, 'backups')).join(' '), /^synctide-\d{8}T\d{6}Z-upgrade\.backup$/)
})
