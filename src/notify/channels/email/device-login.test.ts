import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ChannelError } from '#base/errors.ts'
import { SignInServer } from '../../../../test/support/sign-in-server.ts'
import { askDeviceLogin, beginDeviceLogin, type DeviceLoginSettings } from './device-login.ts'

function settingsOf(server: SignInServer, change: Partial<DeviceLoginSettings> = {}): DeviceLoginSettings {
  const { deviceUrl, tokenUrl, clientId } = server
  return { deviceUrl, tokenUrl, clientId, clientSecret: '', scope: 'https://mail.test/SMTP.Send offline_access', ...change }
}

const refuses = (what: RegExp) => (error: unknown) => error instanceof ChannelError && error.fault === 'auth' && what.test(error.message)

test('RFC 8628: waits, slows down when asked to, and is granted once', async () => {
  await using server = await SignInServer.start()
  const settings = settingsOf(server)
  const code = await beginDeviceLogin(settings)
  assert.match(code.userCode, /^[\dA-F]{8}$/)
  assert.deepEqual([code.page.endsWith('/device'), code.direct, code.lastsSeconds, code.everySeconds], [true, null, 900, 5])
  server.now += 5
  assert.deepEqual(await askDeviceLogin(settings, code.deviceCode), { state: 'pending' })
  server.now += 4
  assert.deepEqual(await askDeviceLogin(settings, code.deviceCode), { state: 'slow_down' })
  server.enter(code.userCode, true)
  server.now += 10
  const granted = await askDeviceLogin(settings, code.deviceCode)
  assert.ok(granted.state === 'granted')
  assert.deepEqual([...server.refresh], [granted.secrets['refreshToken']])
  server.now += 10
  await assert.rejects(askDeviceLogin(settings, code.deviceCode), refuses(/invalid_grant/))
})

test('RFC 8628: refused, too old, a client that is not known, and a sign-in that would not last say so', async () => {
  await using server = await SignInServer.start()
  const denied = await beginDeviceLogin(settingsOf(server))
  server.enter(denied.userCode, false)
  server.now += 5
  await assert.rejects(askDeviceLogin(settingsOf(server), denied.deviceCode), refuses(/refused/))
  const old = await beginDeviceLogin(settingsOf(server))
  server.now += 901
  await assert.rejects(askDeviceLogin(settingsOf(server), old.deviceCode), refuses(/too old/))
  await assert.rejects(beginDeviceLogin(settingsOf(server, { clientId: 'other' })), refuses(/invalid_client/))
  const short = settingsOf(server, { scope: 'https://mail.test/SMTP.Send' })
  const brief = await beginDeviceLogin(short)
  server.enter(brief.userCode, true)
  server.now += 5
  await assert.rejects(askDeviceLogin(short, brief.deviceCode), refuses(/no refresh token/))
})

test('a server that is away is no refusal', async () => {
  const nowhere = {
    deviceUrl: 'http://127.0.0.1:1/devicecode',
    tokenUrl: 'http://127.0.0.1:1/token',
    clientId: 'c',
    clientSecret: '',
    scope: '',
  }
  await assert.rejects(
    beginDeviceLogin(nowhere),
    (error) => error instanceof ChannelError && error.fault === 'unreachable' && error.retriable,
  )
})
