import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openKey } from '#host/secrets.ts'
import { twilioSignature } from '#notify/channels/twilio/signature.ts'
import { AlarmPlant, startEngine, until } from '../support/alarm-plant.ts'
import { apiSite } from '../support/api-site.ts'
import { testDatabase } from '../support/database.ts'
import { FakeRouter } from '../support/fake-router.ts'
import { FakeTwilio } from '../support/fake-twilio.ts'
import { NotifySite } from '../support/notify-site.ts'

const ANA = '+351912345678'
const RUI = '+351913333333'

test('the router path works without the internet: an SMS alarms, "sim" by SMS acknowledges as SMS: +351 912 345 678, the other is told', async () => {
  await using t = await testDatabase()
  await using router = await FakeRouter.start()
  const site = await NotifySite.make(t.db)
  await site.gateway('sms', { baseUrl: router.server.url, user: router.user, pollSeconds: 2 }, { password: router.password })
  await site.contact('Ana', [], { language: 'pt', addresses: [{ channel: 'sms', address: ANA }] })
  await site.contact('Rui', [], { addresses: [{ channel: 'sms', address: RUI }] })
  const plant = await AlarmPlant.make(t.db)
  await plant.rule()
  await using _engine = startEngine(t.db)
  await using _notify = site.notify()
  await using _inbound = site.inbound()
  await plant.deliver([90.5])
  await until(() => router.sent.length === 2, 'both are told')
  assert.match(
    router.sent.find((one) => one.number === ANA)?.text ?? '',
    /^CRITICO #100 Level high\. PS-01 Level 1: 90,5 m \(limite > 80 m\)\. .*Responda: sim 100$/,
  )
  // people take their time: what was told a moment ago counts as unread
  await site.toldAMinuteAgo(2)
  router.arrive('+351 912 345 678', 'Sim')
  await until(async () => (await plant.alarms())[0]?.acknowledgedBy === 'SMS: +351 912 345 678', 'the alarm is acknowledged')
  await until(() => router.sent.length === 4, 'Ana is answered and Rui is told')
  assert.match(router.sent.slice(2).find((one) => one.number === RUI)?.text ?? '', /^Acknowledged #100 Level high\. SMS: \+351 912 345 678/)
  await until(() => router.store.length === 0, 'the store of the router is emptied')
  await until(async () => (await site.messages()).every((one) => one.state === 'handed'), 'everything is on record')
  assert.deepEqual(
    (await site.messages()).map((one) => one.parts),
    [1, 1, 1],
  )
})

test('Twilio: what it could not deliver after all goes by the next address at once', async () => {
  await using t = await testDatabase()
  await using twilio = await FakeTwilio.start()
  await using router = await FakeRouter.start({ generation: 'post-get' })
  const site = await NotifySite.make(t.db)
  const login = { accountSid: twilio.accountSid, from: twilio.from, baseUrl: twilio.server.url, pollSeconds: 3 }
  await site.gateway('twilio-whatsapp', login, { authToken: twilio.authToken })
  await site.gateway('sms', { baseUrl: router.server.url, user: router.user }, { password: router.password })
  const addresses = [
    { channel: 'twilio-whatsapp', address: ANA },
    { channel: 'sms', address: ANA },
  ]
  await site.contact('Ana', [], { addresses })
  const plant = await AlarmPlant.make(t.db)
  await plant.rule()
  await using _engine = startEngine(t.db)
  await using _notify = site.notify()
  await using _inbound = site.inbound()
  await plant.deliver([90.5])
  await until(() => router.sent.length === 1, 'the SMS follows')
  const [first, second] = await site.messages()
  assert.deepEqual([first?.channel, first?.state], ['twilio-whatsapp', 'failed'])
  assert.match(first?.reason ?? '', /63016/)
  assert.match(second?.reason ?? '', /twilio-whatsapp: .*63016/)
})

test('the webhook acknowledges once, however often it is delivered, and nobody else’s call does', async () => {
  await using t = await apiSite()
  await using twilio = await FakeTwilio.start()
  const site = await NotifySite.make(t.db, openKey(t.dataFolder))
  const settings = {
    accountSid: twilio.accountSid,
    from: twilio.from,
    baseUrl: twilio.server.url,
    receive: 'webhook',
    publicUrl: 'https://plant.example',
  }
  await site.gateway('twilio-sms', settings, { authToken: twilio.authToken })
  await site.contact('Ana', [], { addresses: [{ channel: 'twilio-sms', address: ANA }] })
  const plant = await AlarmPlant.make(t.db)
  await plant.rule()
  await using _engine = startEngine(t.db)
  await using _notify = site.notify()
  await using _inbound = site.inbound()
  await plant.deliver([90.5])
  await until(() => twilio.sent.length === 1, 'Ana is told')
  await site.toldAMinuteAgo(1)
  const fields = { MessageSid: 'SM900', SmsStatus: 'received', AccountSid: twilio.accountSid, From: ANA, To: twilio.from, Body: 'ok' }
  const signature = twilioSignature(twilio.authToken, 'https://plant.example/webhook/twilio-sms', fields)
  const post = async (signed: string, channel = 'twilio-sms'): Promise<number> => {
    const response = await fetch(`http://127.0.0.1:${t.port}/webhook/${channel}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signed },
      body: new URLSearchParams(fields).toString(),
    })
    return response.status
  }
  assert.equal(await post('AAAA'), 403)
  assert.equal(await post(signature, 'whatsapp'), 404)
  assert.equal((await t.db.query('select from inbound_messages')).length, 0)
  assert.deepEqual([await post(signature), await post(signature)], [200, 200])
  await until(async () => (await plant.alarms())[0]?.acknowledgedBy === 'SMS: +351 912 345 678', 'the alarm is acknowledged')
  assert.equal((await t.db.query('select from inbound_messages')).length, 1)
  await until(() => twilio.sent.length === 2, 'one answer')
})
