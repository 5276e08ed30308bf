import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { SMTPServer } from 'smtp-server'
import { ChannelError, ConfigError } from '#base/errors.ts'
import { outgoing } from '../../../../test/support/outgoing.ts'
import { type Reply, ScriptedServer } from '../../../../test/support/scripted-server.ts'
import { emailChannel } from './channel.ts'

const { signal } = new AbortController()

/** A mail server that takes XOAUTH2 only. */
async function oauthMail(valid: () => string): Promise<AsyncDisposable & { port: number; mails: number }> {
  const told = { mails: 0 }
  const server = new SMTPServer({
    authMethods: ['XOAUTH2'],
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onAuth(auth, _session, callback) {
      if (auth.username === 'alarms@plant.test' && auth.accessToken === valid()) return callback(null, { user: 'alarms' })
      callback(null, { data: { status: '401', schemes: 'bearer', scope: 'mail' } })
    },
    onData(stream, _session, callback) {
      stream.resume()
      stream.on('end', () => {
        told.mails++
        callback()
      })
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(told, {
    port: (server.server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => server.close(resolve))
    },
  })
}

const settingsOf = (port: number, tokenUrl: string, more: object = {}): object => ({
  host: '127.0.0.1',
  port,
  security: 'none',
  from: 'alarms@plant.test',
  user: 'alarms@plant.test',
  login: 'oauth2',
  tokenUrl,
  clientId: 'client',
  clientSecret: 'secret',
  refreshToken: 'refresh',
  ...more,
})

test('OAuth2: a token is fetched, used until it ends, and fetched anew when the mail server refuses it', async () => {
  let issued = 0
  let valid = 'token-1'
  const asked: string[] = []
  await using tokens = await ScriptedServer.start(() => true)
  tokens.answer = ({ body }): Reply => {
    asked.push(body)
    return { json: { access_token: `token-${++issued}`, expires_in: 3600, token_type: 'Bearer' } }
  }
  await using mail = await oauthMail(() => valid)
  await using session = emailChannel.open(settingsOf(mail.port, `${tokens.url}/token`))
  await session.send(outgoing('ana@plant.test'), signal)
  await session.send(outgoing('ana@plant.test'), signal)
  assert.deepEqual([issued, mail.mails], [1, 2])
  assert.equal(asked[0], 'client_id=client&client_secret=secret&grant_type=refresh_token&refresh_token=refresh')
  valid = 'token-2'
  await session.send(outgoing('ana@plant.test'), signal)
  assert.deepEqual([issued, mail.mails], [2, 3])
})

test('OAuth2: without a refresh token the application asks for itself; what is refused says what to do', async () => {
  const asked: string[] = []
  await using tokens = await ScriptedServer.start(() => true)
  tokens.answer = ({ body }): Reply => {
    asked.push(body)
    return {
      status: 400,
      json: { error: 'invalid_client', error_description: 'AADSTS7000215: Invalid client secret provided.\nTrace ID: x' },
    }
  }
  await using mail = await oauthMail(() => 'never')
  await using session = emailChannel.open(settingsOf(mail.port, tokens.url, { refreshToken: '' }))
  await assert.rejects(
    session.send(outgoing('ana@plant.test'), signal),
    (error) =>
      error instanceof ChannelError && error.fault === 'auth' && /AADSTS7000215/.test(error.message) && !/Trace/.test(error.message),
  )
  assert.match(asked[0] ?? '', /grant_type=client_credentials/)
  tokens.next('drop-before')
  await assert.rejects(
    session.send(outgoing('ana@plant.test'), signal),
    (error) => error instanceof ChannelError && error.fault === 'unreachable',
  )
  await using wrong = emailChannel.open(settingsOf(mail.port, 'http://127.0.0.1:1/token'))
  await assert.rejects(wrong.check(signal), (error) => error instanceof ChannelError && error.retriable)
})

test('OAuth2 settings name what is missing; addresses of other channels are named for what they are', () => {
  const field = (wanted: string) => (error: unknown) => error instanceof ConfigError && error.field === wanted
  const settings = settingsOf(1, '')
  assert.throws(() => emailChannel.open({ ...settings, login: 'google', refreshToken: '' }), field('refreshToken'))
  assert.throws(() => emailChannel.open({ ...settings, login: 'microsoft' }), field('tenant'))
  assert.throws(() => emailChannel.open(settings), field('tokenUrl'))
  assert.throws(() => emailChannel.open({ ...settings, login: 'google', clientId: '' }), field('clientId'))
  assert.throws(() => emailChannel.parseAddress('+351 912 345 678'), /telephone number or a chat id/)
})
