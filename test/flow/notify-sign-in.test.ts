import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError } from '#base/errors.ts'
import { systemClock } from '#host/clock.ts'
import { askDeviceLogin, beginDeviceLogin } from '#notify/device-login.ts'
import { emailChannel } from '#notify/channels/email/channel.ts'
import { openSettings, secretStore, viewGateways } from '#notify/gateways.ts'
import { testSend } from '#notify/test-send.ts'
import { findGateway } from '#store/gateways.ts'
import { testDatabase } from '../support/database.ts'
import { startMailServer } from '../support/mail-server.ts'
import { NotifySite } from '../support/notify-site.ts'
import { SignInServer } from '../support/sign-in-server.ts'

test('somebody signs in as the mailbox with a code; the token that is kept is replaced when the server renews it', async () => {
  await using t = await testDatabase()
  await using server = await SignInServer.start()
  await using mail = await startMailServer({ token: (one) => server.access.has(one) })
  const site = await NotifySite.make(t.db)
  const context = { db: t.db, key: site.key, clock: systemClock, signal: AbortSignal.timeout(20_000), who: 'Ana Silva' }
  await assert.rejects(beginDeviceLogin(context, 'email'), (error) => error instanceof ConfigError && error.field === 'channel')
  const { deviceUrl, tokenUrl, clientId } = server
  const settings = {
    host: '127.0.0.1',
    port: mail.port,
    security: 'none',
    from: 'alarms@plant.test',
    user: 'alarms@plant.test',
    login: 'microsoft',
    tenant: 'plant',
    deviceUrl,
    tokenUrl,
    clientId,
  }
  await site.gateway('email', settings)
  assert.equal((await viewGateways(t.db, site.key)).find((one) => one.channel === 'email')?.deviceLogin, true)
  const begun = await beginDeviceLogin(context, 'email')
  assert.deepEqual(Object.keys(begun).toSorted(), ['direct', 'everySeconds', 'expiresAt', 'handle', 'page', 'userCode'])
  server.now += 5
  assert.deepEqual(await askDeviceLogin(context, 'email', begun.handle), { state: 'pending' })
  server.enter(begun.userCode, true)
  server.now += 5
  assert.deepEqual(await askDeviceLogin(context, 'email', begun.handle), { state: 'granted' })
  const [first] = server.refresh
  const kept = async (): Promise<unknown> => {
    const gateway = await findGateway(t.db, 'email')
    assert.ok(gateway)
    return openSettings(site.key, gateway)['refreshToken']
  }
  assert.equal(await kept(), first)
  for (let round = 0; round < 2; round++) {
    const { ok, steps } = await testSend(context, 'email', 'ana@plant.test')
    assert.ok(ok, JSON.stringify(steps))
    // the one before is worth nothing any more
    assert.deepEqual([...server.refresh], [await kept()])
  }
  assert.notEqual(await kept(), first)
  assert.equal(mail.mails.length, 2)

  // two processes with the same token: what one renews ends that of the other, which takes up the new one
  const gateway = await findGateway(t.db, 'email')
  assert.ok(gateway)
  const sessions = [0, 1].map(() => emailChannel.open(openSettings(site.key, gateway), secretStore(t.db, site.key, gateway)))
  for (const session of sessions) {
    assert.match(await session.check(context.signal), /accepts mail/)
    await session[Symbol.asyncDispose]()
  }
  // what is entered by hand counts from then on
  await site.gateway('email', settings, { refreshToken: 'by hand' })
  assert.equal(await kept(), 'by hand')
  const handle = `${begun.handle.slice(0, -4)}AAAA`
  await assert.rejects(askDeviceLogin(context, 'email', handle), ConfigError)
})
