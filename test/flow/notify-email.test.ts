import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NotFound } from '#base/errors.ts'
import { systemClock } from '#host/clock.ts'
import { acknowledgeByLink, readAcknowledgeLink } from '#notify/acknowledge-link.ts'
import { configureGateway, viewGateways } from '#notify/gateways.ts'
import { testSend } from '#notify/test-send.ts'
import { listContacts } from '#store/contacts.ts'
import { listEvents } from '#store/system-events.ts'
import { AlarmPlant, startEngine, until } from '../support/alarm-plant.ts'
import { testDatabase } from '../support/database.ts'
import { startMailServer } from '../support/mail-server.ts'
import { NotifySite } from '../support/notify-site.ts'

test('one refused recipient does not keep the mail from the others, and is said', async () => {
  await using t = await testDatabase()
  await using server = await startMailServer({ refused: ['gone@plant.test'] })
  const site = await NotifySite.make(t.db)
  await site.email(server.port)
  await site.contact('Gone', ['gone@plant.test'])
  await site.contact('Rui', ['rui@plant.test'], { language: 'es' })
  const plant = await AlarmPlant.make(t.db)
  await plant.rule({ name: 'Depósito <alto> & lleno' })
  await using _engine = startEngine(t.db)
  await using _notify = site.notify()
  await plant.deliver([90])
  await until(
    async () => (await site.messages()).filter((one) => one.state !== 'queued' && one.state !== 'leased').length === 2,
    'both ended',
  )
  const messages = await site.messages()
  assert.deepEqual(Object.fromEntries(messages.map((one) => [one.contactName, one.state])), { Gone: 'failed', Rui: 'handed' })
  assert.match(messages.find((one) => one.contactName === 'Gone')?.reason ?? '', /gone@plant\.test is refused[^]*no such person/)
  const contacts = await listContacts(t.db)
  assert.match(contacts.find((one) => one.name === 'Gone')?.addresses[0]?.problem ?? '', /refused/)
  const [mail] = server.mails
  assert.deepEqual(mail?.to, ['rui@plant.test'])
  assert.match(mail?.raw ?? '', /^Auto-Submitted: auto-generated/m)
  assert.match(mail?.raw ?? '', /^Message-ID: <synctide-\d+-\d+@plant\.test>/m)
  assert.match(mail?.text ?? '', /CRÍTICO #100 Depósito <alto> & lleno/)
  assert.match(mail?.text ?? '', /<h2[^>]*>CRÍTICO #100 Depósito &lt;alto&gt; &amp; lleno<\/h2>/)
})

test('a link shows the alarm as often as it is opened, and acknowledges only when asked to', async () => {
  await using t = await testDatabase()
  await using server = await startMailServer()
  const site = await NotifySite.make(t.db)
  await site.email(server.port)
  await site.contact('Control room', ['room@plant.test'])
  const plant = await AlarmPlant.make(t.db)
  await plant.rule()
  await using _engine = startEngine(t.db)
  await using _notify = site.notify()
  await plant.deliver([90])
  await until(() => server.mails.length === 1, 'the mail arrives')
  const token = /http:\/\/plant\.local\/a\/([\w-]{22})/.exec(server.mails[0]?.text ?? '')?.[1]
  assert.ok(token)
  assert.doesNotMatch(JSON.stringify(await site.messages()), new RegExp(token), 'the history does not carry the link')
  const now = systemClock.now()
  const view = await readAcknowledgeLink(t.db, token, now)
  assert.deepEqual([view.state, view.contactName, view.alarm.displayNumber, view.timeZone], ['open', 'Control room', 100, 'Europe/Lisbon'])
  await readAcknowledgeLink(t.db, token, now)
  assert.equal((await plant.alarms())[0]?.acknowledgedAt, null)
  assert.equal((await readAcknowledgeLink(t.db, token, now + 80 * 3_600_000_000)).state, 'expired')
  assert.equal((await acknowledgeByLink(t.db, token, now + 80 * 3_600_000_000)).result, 'expired')
  assert.equal((await plant.alarms())[0]?.acknowledgedAt, null)
  await assert.rejects(acknowledgeByLink(t.db, `${token}x`, now), NotFound)

  assert.deepEqual(await acknowledgeByLink(t.db, token, now), {
    result: 'acknowledged',
    acknowledgedBy: 'Token: Control room',
    acknowledgedAt: now,
  })
  const again = await acknowledgeByLink(t.db, token, now + 1)
  assert.deepEqual([again.result, again.acknowledgedBy, again.acknowledgedAt], ['already', 'Token: Control room', now])
  assert.equal((await readAcknowledgeLink(t.db, token, now)).state, 'acknowledged')
})

test('a mail server that was away gets the mail when it is back', async () => {
  await using t = await testDatabase()
  const site = await NotifySite.make(t.db)
  const { port } = await (async () => {
    await using first = await startMailServer()
    return { port: first.port }
  })()
  await site.email(port)
  await site.contact('Rui', ['rui@plant.test'])
  const plant = await AlarmPlant.make(t.db)
  await plant.rule()
  await using _engine = startEngine(t.db)
  await using _notify = site.notify()
  await plant.deliver([90])
  await until(async () => (await site.messages())[0]?.reason?.includes('does not answer') === true, 'the failure is on record')
  assert.equal((await site.messages())[0]?.state, 'queued')
  assert.match((await viewGateways(t.db, site.key)).find((one) => one.channel === 'email')?.problem ?? '', /does not answer/)
  await using server = await startMailServer({ port })
  await until(() => server.mails.length === 1, 'it is sent at the next try')
  await until(async () => (await site.messages())[0]?.state === 'handed', 'and that is on record')
  await until(async () => (await viewGateways(t.db, site.key)).every((one) => one.problem === null), 'the gateway is well again')
})

test('an alarm that nobody can be told is said aloud, and told once somebody can be', async () => {
  await using t = await testDatabase()
  await using server = await startMailServer()
  const site = await NotifySite.make(t.db)
  await site.contact('Rui', ['rui@plant.test'])
  await site.contact('Quiet', ['quiet@plant.test'], { enabled: false })
  const plant = await AlarmPlant.make(t.db)
  await plant.rule()
  await using _engine = startEngine(t.db)
  await using _notify = site.notify()
  await plant.deliver([90])
  await until(async () => (await listEvents(t.db, 'all', 10)).some((one) => one.code === 'notify.nobody_told'), 'an event is on record')
  await site.email(server.port)
  // at once, and not when the minute between two looks has passed
  await until(() => server.mails.length === 1, 'Rui is told')
  assert.deepEqual(server.mails[0]?.to, ['rui@plant.test'])
})

test('the password of a gateway is sealed, kept when left out, and wrong settings name their field', async () => {
  await using t = await testDatabase()
  const site = await NotifySite.make(t.db)
  const settings = { host: 'smtp.plant.test', port: 465, security: 'tls', user: 'alarms', from: 'alarms@plant.test' }
  await configureGateway(t.db, site.key, 'email', { enabled: true, settings, secrets: { password: 'correct horse' } })
  await configureGateway(t.db, site.key, 'email', { enabled: true, settings: { ...settings, port: 587 }, secrets: {} })
  const email = (await viewGateways(t.db, site.key)).find((one) => one.channel === 'email')
  assert.deepEqual([email?.secretsSet, email?.settings['port'], email?.configured], [['password'], 587, true])
  assert.doesNotMatch(JSON.stringify(email), /correct horse/)
  const [row] = await t.db.query<{ secrets: Uint8Array }>('select secrets from gateways')
  assert.equal(Buffer.from(row?.secrets ?? []).includes('correct horse'), false)
  await assert.rejects(configureGateway(t.db, site.key, 'email', { enabled: true, settings: { ...settings, port: 0 }, secrets: {} }), {
    field: 'port',
  })
  await assert.rejects(configureGateway(t.db, site.key, 'email', { enabled: true, settings, secrets: { pass: 'x' } }), { field: 'pass' })
  await assert.rejects(configureGateway(t.db, site.key, 'pigeon', { enabled: true, settings, secrets: {} }), { field: 'channel' })
})

test('test send to a refused recipient names the recipient, to a dead server the server', async () => {
  await using t = await testDatabase()
  const site = await NotifySite.make(t.db)
  const context = { db: t.db, key: site.key, clock: systemClock, signal: AbortSignal.timeout(20_000), who: 'Ana Silva' }
  {
    await using server = await startMailServer({ refused: ['gone@plant.test'] })
    await site.email(server.port)
    assert.equal((await testSend(context, 'email', 'rui@plant.test')).ok, true)
    const refused = await testSend(context, 'email', 'gone@plant.test')
    assert.match(refused.steps[2]?.message ?? '', /gone@plant\.test is refused/)
  }
  const dead = await testSend(context, 'email', 'rui@plant.test')
  assert.deepEqual(
    dead.steps.map((one) => [one.name, one.ok]),
    [
      ['settings', true],
      ['connect', false],
    ],
  )
  assert.match(dead.steps[1]?.remedy ?? '', /firewall/)
})
