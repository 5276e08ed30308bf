import assert from 'node:assert/strict'
import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openKey } from '#host/secrets.ts'
import { readEmergencyCopy } from '#notify/emergency-copy.ts'
import { openDatabase } from '#store/database.ts'
import { until } from '../support/alarm-plant.ts'
import { ANA, FakeTelegram, RUI } from '../support/fake-telegram.ts'
import { startInstallation } from '../support/installation.ts'
import { NotifySite } from '../support/notify-site.ts'

const PATIENCE = 180_000

test('the database is away and cannot come back: the supervisor itself tells whoever looks after the system, and when it is over', async () => {
  await using telegram = await FakeTelegram.start(ANA, RUI)
  await using installation = await startInstallation()
  const { folder } = installation
  // our own file
  const { url, folder: cluster } = JSON.parse(readFileSync(join(folder, 'run/database.json'), 'utf8')) as { url: string; folder: string }
  const key = openKey(folder)
  const db = openDatabase(url, { name: 'test', max: 2 })
  try {
    const site = await NotifySite.make(db, key)
    await site.telegram(telegram)
    await site.contact('Ana', [ANA.id], { systemMessages: true, language: 'pt' })
    await site.contact('Rui', [RUI.id])
  } finally {
    await db.close()
  }
  const path = join(folder, 'run/emergency.sealed')
  await until(() => existsSync(path) && readEmergencyCopy(folder, key)?.contacts.length === 1, 'the copy is kept', PATIENCE)
  assert.equal(statSync(path).mode & 0o077, 0, 'for this account only')
  assert.equal(readFileSync(path).includes(telegram.token), false, 'the token is sealed')

  const postmaster = Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0])
  try {
    chmodSync(cluster, 0)
    process.kill(postmaster, 'SIGKILL')
    await until(() => telegram.messages.length > 0, 'somebody is told', PATIENCE)
  } finally {
    chmodSync(cluster, 0o700)
  }
  assert.match(
    telegram.messages[0]?.text ?? '',
    /^⚠️ A base de dados não responde desde .+\. Nenhum alarme é avaliado nem comunicado\.\nWater works$/,
  )
  await until(() => telegram.messages.length > 1, 'it is over', PATIENCE)
  assert.match(telegram.messages[1]?.text ?? '', /^⚠️ Os alarmes voltaram a ser avaliados\./)
  assert.deepEqual(
    telegram.messages.map((one) => one.chat),
    [ANA.id, ANA.id],
    'nobody else is woken, and nothing is told twice',
  )
})
