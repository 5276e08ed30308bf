import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import plan from '../../deploy/services.json' with { type: 'json' }
import { logIn, setUp, startInstallation, until } from '../support/installation.ts'
import { type Supervised, allRunning, postmastersIn, processesOn, runs, treeOf } from '../support/process-tree.ts'

test('an empty folder: a link, health, a second start refused, and nothing left after the end', async () => {
  await using one = await startInstallation({ demo: true })
  assert.match(one.setupToken ?? '', /^[\w-]{20,}$/)
  assert.ok(one.output().trim().split('\n').length <= 20, one.output())
  const running = await allRunning(one.folder)
  assert.deepEqual(
    running.map(({ name }) => name),
    plan.services.map(({ name }) => name),
  )
  const health = await until('the demo plant to be read', async () => {
    const reply = (await (await fetch(`${one.url}/api/health`)).json()) as { ok: boolean; newestDeliveryAgeSeconds: number | null }
    return reply.ok && reply.newestDeliveryAgeSeconds !== null ? reply : undefined
  })
  assert.equal(health.ok, true)

  await assert.rejects(
    startInstallation({ folder: one.folder }),
    new RegExp(`already runs on ${one.folder} \\(process ${one.supervisor.pid}\\)`),
  )
  const pids = (all: readonly Supervised[]): readonly number[] => all.map(({ pid }) => pid)
  assert.deepEqual(pids(await allRunning(one.folder)), pids(running), 'the refused start disturbed the running one')

  const tree = treeOf(one.supervisor.pid ?? 0)
  assert.ok(tree.length > running.length, `only ${tree.length} processes`)
  const took = await one.stop()
  assert.equal(one.supervisor.exitCode, 0, one.output())
  assert.deepEqual([...tree.filter(runs), ...processesOn(one.folder)], [], `left over after ${Math.round(took)} ms`)
})

test('Ctrl-C, which a terminal sends to all of its group, ends everything in order', async () => {
  await using one = await startInstallation({ ownGroup: true })
  await allRunning(one.folder)
  const tree = treeOf(one.supervisor.pid ?? 0)
  process.kill(-(one.supervisor.pid ?? 0), 'SIGINT')
  await one.ended()
  assert.equal(one.supervisor.exitCode, 0, one.output())
  assert.match(one.output(), /Stopping \.\.\.\nStopped\.\n$/)
  assert.deepEqual([...tree.filter(runs), ...processesOn(one.folder)], [])
})

test('after kill -9 of everything the next start works, with what was there before', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'synctide-killed-'))
  chmodSync(folder, 0o755)
  try {
    const first = await startInstallation({ folder })
    await allRunning(folder)
    await setUp(first)
    const tree = treeOf(first.supervisor.pid ?? 0)
    for (const pid of tree) kill(pid)
    await until('all to be gone', () => (tree.some(runs) ? undefined : true))

    await using second = await startInstallation({ folder })
    await allRunning(folder)
    assert.equal(second.setupToken, undefined, 'the administrator is still there')
    await logIn(second.url)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a killed supervisor takes its processes with it; the next start takes over its PostgreSQL', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'synctide-orphans-'))
  chmodSync(folder, 0o755)
  try {
    const first = await startInstallation({ folder })
    const processes = (await allRunning(folder)).map(({ pid }) => pid)
    const orphans = postmastersIn(treeOf(first.supervisor.pid ?? 0), folder)
    assert.equal(orphans.length, 1)
    kill(first.supervisor.pid ?? 0)
    await until('the processes to end by themselves', () => (processes.some(runs) ? undefined : true))

    await using second = await startInstallation({ folder })
    await allRunning(folder)
    assert.deepEqual(orphans.filter(runs), [])
    await second.stop()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a database that is no PostgreSQL of ours is refused with a sentence', async () => {
  await assert.rejects(
    startInstallation({ environment: { SYNCTIDE_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' } }),
    (error: Error) => {
      assert.doesNotMatch(error.message, /\n {4}at /, 'a stack says nothing to an administrator')
      return /ECONNREFUSED|refuse|reach|answer/i.test(error.message)
    },
  )
})

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // its parent's end was its own
  }
}
