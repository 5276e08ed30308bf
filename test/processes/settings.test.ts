import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { databaseUrl, emptyDatabase } from '../support/database.ts'
import { setUp, startInstallation } from '../support/installation.ts'
import { allRunning, postmastersIn, treeOf } from '../support/process-tree.ts'

test('a port that is taken is told by the name of its setting, and nothing was started', async () => {
  await using other = createServer()
  await once(other.listen(0, '0.0.0.0'), 'listening')
  const { port } = other.address() as AddressInfo
  const folder = mkdtempSync(join(tmpdir(), 'synctide-port-'))
  try {
    await assert.rejects(startInstallation({ folder, environment: { SYNCTIDE_HTTP_PORT: String(port) } }), (error: Error) => {
      assert.match(error.message, new RegExp(`Port ${port} is taken by another program`))
      assert.match(error.message, /SYNCTIDE_HTTP_PORT/)
      assert.doesNotMatch(error.message, /PostgreSQL|\n {4}at /)
      return true
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('with a PostgreSQL of the site none of ours is started, and data outlives a restart', async () => {
  await using own = await emptyDatabase()
  const environment = { SYNCTIDE_DATABASE_URL: own.url }
  {
    await using first = await startInstallation({ environment })
    await allRunning(first.folder)
    assert.match(first.output(), /PostgreSQL 1\d\.\d+ \(yours/)
    assert.deepEqual(postmastersIn(treeOf(first.supervisor.pid ?? 0), first.folder), [])
    await setUp(first)
  }
  await using second = await startInstallation({ environment })
  assert.equal(second.setupToken, undefined, 'the administrator is still there, on another data folder')
})

test('a database that does not exist is named, without the password', async () => {
  await using own = await emptyDatabase()
  const url = new URL(databaseUrl(own.url, 'no_such_database'))
  url.password = 'not-to-be-shown'
  await assert.rejects(startInstallation({ environment: { SYNCTIDE_DATABASE_URL: url.toString() } }), (error: Error) => {
    assert.doesNotMatch(error.message, /\n {4}at |not-to-be-shown/)
    return /SYNCTIDE_DATABASE_URL cannot be used: .*(no_such_database|password)/.test(error.message)
  })
})

test('a misspelt setting stops the start', async () => {
  await assert.rejects(startInstallation({ environment: { SYNCTIDE_PROT: '80' } }), /SYNCTIDE_PROT is set, but there is no such setting/)
})
