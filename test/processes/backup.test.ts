import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startEmbeddedPostgres } from '#host/embedded-postgres.ts'
import { openDatabase } from '#store/database.ts'
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

test('a restored site starts, and a newer version takes a backup before it touches the schema', async () => {
  // as a version before the last migration left it
  await using stack = new AsyncDisposableStack()
  const server = await startEmbeddedPostgres({ folder: second })
  stack.defer(async () => await server.stop())
  const db = openDatabase(server.url, { name: 'test', max: 1 })
  await db.query(`drop table nightly_runs, backups, storage_sizes; drop index outbox_event, message_targets_event, acknowledge_tokens_event;
    delete from schema_migrations where number >= 9`)
  await db.close()
  await stack.disposeAsync()

  writeFileSync(join(second, 'backups'), 'in the way')
  await assert.rejects(startInstallation({ folder: second }), /not upgraded without a good backup/)
  rmSync(join(second, 'backups'))
  await using installation = await startInstallation({ folder: second })
  assert.match(installation.output(), /this is a newer version: taking a backup first[^]*restored and compared, \d+ rows/)
  assert.equal(installation.setupToken, undefined, 'its people are known')
  assert.match(readdirSync(join(second, 'backups')).join(' '), /^synctide-\d{8}T\d{6}Z-upgrade\.backup$/)
  assert.equal(existsSync(join(second, 'restore.incomplete')), false)
})
