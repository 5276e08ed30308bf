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

test('killed and stopped in every way, the next start on the folder works, with what was there before', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'synctide-killed-'))
  chmodSync(folder, 0o755)
  let left: number[] = []
  try {
    await t.test('kill -9 of everything', async () => {
      const one = await startInstallation({ folder })
      await allRunning(folder)
      await setUp(one)
      const tree = treeOf(one.supervisor.pid ?? 0)
      for (const pid of tree) kill(pid)
      await until('all to be gone', () => (tree.some(runs) ? undefined : true))
    })
    await t.test('kill -9 of the supervisor takes its processes with it; its PostgreSQL is left to the next start', async () => {
      const one = await startInstallation({ folder })
      const processes = (await allRunning(folder)).map(({ pid }) => pid)
      assert.equal(one.setupToken, undefined, 'the administrator is still there')
      await logIn(one.url)
      left = postmastersIn(treeOf(one.supervisor.pid ?? 0), folder)
      assert.equal(left.length, 1)
      kill(one.supervisor.pid ?? 0)
      await until('the processes to end by themselves', () => (processes.some(runs) ? undefined : true))
    })
    await t.test('Ctrl-C, which a terminal sends to all of its group, ends everything in order', async () => {
      await using one = await startInstallation({ folder, ownGroup: true })
      await allRunning(folder)
      await logIn(one.url)
      assert.deepEqual(left.filter(runs), [], 'its own PostgreSQL took the place of the one that was left')
      const tree = treeOf(one.supervisor.pid ?? 0)
      process.kill(-(one.supervisor.pid ?? 0), 'SIGINT')
      await one.ended()
      assert.equal(one.supervisor.exitCode, 0, one.output())
      assert.match(one.output(), /Stopping \.\.\.\nStopped\.\n$/)
      assert.deepEqual([...tree.filter(runs), ...processesOn(folder)], [])
    })
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
