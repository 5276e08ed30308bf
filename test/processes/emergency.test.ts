import assert from 'node:assert/strict'
import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openKey } from '#host/secrets.ts'
import { readEmergencyCopy } from '#notify/emergency-copy.ts'
import { openDatabase } from '#store/database.ts'
import { until } from '../support/alarm-plant.ts'
import { startExim } from '../support/exim.ts'
import { ANA, FakeTelegram, RUI } from '../support/fake-telegram.ts'
import { startInstallation } from '../support/installation.ts'
import { NotifySite } from '../support/notify-site.ts'

const PATIENCE = 180_000

/** What lies in a file in mbox form, with quoted-printable undone. */
function mailed(mbox: string): { to: string; text: string }[] {
  const parts = mbox.split(/^From .+$/m).slice(1)
  return parts.map((raw) => {
    const bytes = raw
      .replace(/=\r?\n/g, '')
      .replace(/((?:=[0-9A-F]{2})+)/g, (run) => Buffer.from(run.replaceAll('=', ''), 'hex').toString('utf8'))
    return { to: /^To: (.+)$/m.exec(raw)?.[1] ?? '', text: bytes }
  })
}

test('the database is away and cannot come back: the supervisor itself tells whoever looks after the system, and when it is over', async () => {
  await using mail = await startExim()
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
    await site.email(mail.port)
    await site.contact('Ana', [ANA.id], { systemMessages: true, language: 'pt' })
    // by mail, which is the only way left
    await site.contact('Luz', [999, 'luz@plant.test'], { systemMessages: true, language: 'es' })
    await site.contact('Rui', [RUI.id, 'rui@plant.test'])
  } finally {
    await db.close()
  }
  const path = join(folder, 'run/emergency.sealed')
  await until(() => existsSync(path) && readEmergencyCopy(folder, key)?.contacts.length === 2, 'the copy is kept', PATIENCE)
  assert.equal(statSync(path).mode & 0o077, 0, 'for this account only')
  assert.equal(readFileSync(path).includes(telegram.token), false, 'the token is sealed')

  const postmaster = Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0])
  try {
    chmodSync(cluster, 0)
    process.kill(postmaster, 'SIGKILL')
    await until(() => telegram.messages.length > 0, 'somebody is told', PATIENCE)
    await until(() => mailed(mail.mailbox()).length > 0, 'somebody has mail', PATIENCE)
  } finally {
    chmodSync(cluster, 0o700)
  }
  assert.match(
    telegram.messages[0]?.text ?? '',
    /^⚠️ A base de dados não responde desde .+\. Nenhum alarme é avaliado nem comunicado\.\nWater works$/,
  )
  await until(() => telegram.messages.length > 1, 'it is over', PATIENCE)
  await until(() => mailed(mail.mailbox()).length > 1, 'and by mail', PATIENCE)
  assert.match(telegram.messages[1]?.text ?? '', /^⚠️ Os alarmes voltaram a ser avaliados\./)
  const mails = mailed(mail.mailbox())
  assert.match(mails[0]?.text ?? '', /^La base de datos no responde desde .+\. No se evalúa ni se comunica ninguna alarma\.\nWater works$/m)
  assert.match(mails[1]?.text ?? '', /^Las alarmas vuelven a evaluarse/m)
  assert.deepEqual(
    mails.map((one) => one.to),
    ['luz@plant.test', 'luz@plant.test'],
    'who is not reached by the first way is by the next, once',
  )
  assert.deepEqual(
    telegram.messages.map((one) => one.chat),
    [ANA.id, ANA.id],
    'nobody else is woken, and nothing is told twice',
  )
})
