import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openDatabase } from '#store/database.ts'
import { readRunFile } from '#host/run-file.ts'
import { type Installation, startInstallation, until } from '../support/installation.ts'
import { allRunning, postmastersIn, replaced, supervised, treeOf } from '../support/process-tree.ts'

let installation: Installation
before(async () => {
  installation = await startInstallation()
})
after(async () => await installation[Symbol.asyncDispose]())

for (const name of ['driver-modbus', 'alarm', 'notify', 'inbound', 'keeper', 'api']) {
  test(`${name}, killed, is back, and the others do not notice`, async (t) => {
    const all = await allRunning(installation.folder)
    const killed = all.find((one) => one.name === name)
    assert.ok(killed !== undefined)
    const from = performance.now()
    process.kill(killed.pid, 'SIGKILL')
    const pid = await replaced(installation.folder, killed)
    t.diagnostic(`${name} back after ${Math.round(performance.now() - from)} ms`)
    assert.deepEqual(
      supervised(installation.folder).map((one) => [one.name, one.pid]),
      all.map((one) => [one.name, one.name === name ? pid : one.pid]),
    )
  })
}

test('a process whose event loop stands still is replaced', async () => {
  const keeper = (await allRunning(installation.folder)).find((one) => one.name === 'keeper')
  assert.ok(keeper !== undefined)
  process.kill(keeper.pid, 'SIGSTOP')
  await replaced(installation.folder, keeper, 40_000)
})

test('PostgreSQL, killed, is back at the same address, and no process was restarted for it', async () => {
  const { folder } = installation
  const all = await allRunning(folder)
  const [postmaster] = postmastersIn(treeOf(installation.supervisor.pid ?? 0), folder)
  assert.ok(postmaster !== undefined, 'no embedded PostgreSQL found')
  process.kill(postmaster, 'SIGKILL')
  const [again] = await until('another server', () => {
    const now = postmastersIn(treeOf(installation.supervisor.pid ?? 0), folder).filter((pid) => pid !== postmaster)
    return now.length === 1 ? now : undefined
  })
  assert.notEqual(again, postmaster)
  const db = openDatabase(String(readRunFile(folder, 'database')['url']), { name: 'test', max: 1 })
  try {
    await until('the server to answer', async () => await db.query('select 1').catch(() => undefined))
  } finally {
    await db.close()
  }
  // where it was found before it was killed
  await until('health', async () => {
    // a port that answers with an error is not healthy yet
    const reply = await fetch(`${installation.url}/api/health`).catch(() => undefined)
    return ((await reply?.json()) as { ok?: boolean } | undefined)?.ok === true ? true : undefined
  })
  assert.deepEqual(
    supervised(folder).map((one) => [one.name, one.pid]),
    all.map((one) => [one.name, one.pid]),
  )
})
