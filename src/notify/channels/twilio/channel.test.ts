import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ChannelError } from '#base/errors.ts'
import { FakeTwilio } from '../../../../test/support/fake-twilio.ts'
import { outgoing } from '../../../../test/support/outgoing.ts'
import { twilioSmsChannel, twilioWhatsappChannel } from './channel.ts'
import { isSignedByTwilio, twilioSignature } from './signature.ts'

const { signal } = new AbortController()
const ANA = '+351912345678'
const settingsOf = (twilio: FakeTwilio, more: object = {}): object => ({
  accountSid: twilio.accountSid,
  authToken: twilio.authToken,
  from: twilio.from,
  baseUrl: twilio.server.url,
  ...more,
})
const fault = (wanted: string) => (error: unknown) => error instanceof ChannelError && error.fault === wanted

test('an SMS leaves without accents, dies with its alarm, and is found again after a crash', async () => {
  await using twilio = await FakeTwilio.start()
  await using session = twilioSmsChannel.open(settingsOf(twilio))
  assert.equal(await session.check(signal), 'The account is Plant.')
  const message = outgoing(ANA, 'CRÍTICO: pressão', { lastsSeconds: 900 })
  assert.equal(await session.find?.(message, signal), undefined)
  const receipt = await session.send(message, signal)
  const [sent] = twilio.sent
  assert.deepEqual([sent?.to, sent?.from, sent?.body, sent?.validity], [ANA, twilio.from, 'CRITICO: pressao', 900])
  assert.equal(receipt.parts, 1)
  assert.ok(Math.abs((receipt.at ?? 0) / 1000 - Date.now()) < 5000)
  assert.equal((await session.find?.(message, signal))?.providerId, receipt.providerId)
  twilio.server.next('drop-after')
  const second = outgoing(ANA, 'another')
  await assert.rejects(session.send(second, signal), fault('unreachable'))
  assert.ok(await session.find?.(second, signal), 'what was accepted without an answer is found')
})

test('answers and fates are asked for, each once, what is older than the gateway never', async () => {
  await using twilio = await FakeTwilio.start()
  await using session = twilioSmsChannel.open(settingsOf(twilio))
  twilio.arrive(ANA, 'ok, of last week', new Date(Date.now() - 7 * 86_400_000))
  const { providerId } = await session.send(outgoing(ANA), signal)
  twilio.arrive(ANA, 'sim')
  const updates = (await session.inbox?.updates(undefined, signal)) ?? []
  const said = updates.map((one) => twilioSmsChannel.parse?.(one.raw, Date.now() * 1000, {}))
  assert.deepEqual(
    said.map((one) => one?.reply.text),
    [undefined, 'sim'],
    'a queued message has no fate yet',
  )
  assert.equal(said[1]?.chat, ANA)
  Object.assign(twilio.sent[0] ?? {}, { status: 'undelivered', error_code: 30_005, error_message: 'Unknown destination handset' })
  const later = (await session.inbox?.updates(updates.at(-1)?.next, signal)) ?? []
  const fates = later.map((one) => twilioSmsChannel.parse?.(one.raw, Date.now() * 1000, {})).filter((one) => one?.kind === 'fate')
  assert.deepEqual(
    fates.map((one) => [one?.message, one?.fate?.state, one?.fate?.reason]),
    [[providerId, 'failed', 'Twilio could not deliver it: Unknown destination handset (30005)']],
  )
})

test('WhatsApp: free words within a day of the person’s own, a template outside of it', async () => {
  await using twilio = await FakeTwilio.start()
  const contentSid = `HX${'0'.repeat(32)}`
  await using session = twilioWhatsappChannel.open(settingsOf(twilio, { contentSid }))
  await session.send(outgoing(ANA, 'line one\nline two'), signal)
  await session.send(outgoing(ANA, 'line one\nline two', { heardAt: Date.now() * 1000 }), signal)
  const [template, free] = twilio.sent
  assert.deepEqual([template?.to, template?.content], [`whatsapp:${ANA}`, { sid: contentSid, variables: '{"1":"line one line two"}' }])
  assert.deepEqual([free?.from, free?.body, free?.content], [`whatsapp:${twilio.from}`, 'line one\nline two', null])
})

test('what Twilio refuses comes out as what it means', async () => {
  await using twilio = await FakeTwilio.start()
  await using session = twilioSmsChannel.open(settingsOf(twilio))
  twilio.stopped.add(ANA)
  await assert.rejects(session.send(outgoing(ANA), signal), fault('blocked'))
  await assert.rejects(session.send(outgoing('+0'), signal), fault('address'))
  twilio.server.next({ status: 429, body: '{"code":20429}', headers: { 'retry-after': '3' } }, { status: 503, body: '' }, 'drop-before')
  await assert.rejects(
    session.send(outgoing('+351911111111'), signal),
    (error) => error instanceof ChannelError && error.retryAfterSeconds === 3,
  )
  await assert.rejects(session.send(outgoing('+351911111111'), signal), (error) => error instanceof ChannelError && error.retriable)
  await assert.rejects(session.send(outgoing('+351911111111'), signal), fault('unreachable'))
  await using wrong = twilioSmsChannel.open(settingsOf(twilio, { authToken: 'x' }))
  await assert.rejects(wrong.check(signal), fault('auth'))
  assert.throws(() => twilioSmsChannel.open(settingsOf(twilio, { from: '' })), /sender is missing/)
})

// the two examples that Twilio published over the years (Usage, Security: Validating requests)
const PUBLISHED = {
  token: '12345',
  url: 'https://mycompany.com/myapp.php?foo=1&bar=2',
  fields: { CallSid: 'CA1234567890ABCDE', Caller: '+14158675309', Digits: '1234', From: '+14158675309', To: '+18005551212' },
  signature: 'RSOYDt4T1cUTdK1PDd93/VVr8B8=',
}
const LATER = { ...PUBLISHED.fields, Caller: '+12349013030', From: '+12349013030' }

test('signatures: the published example, ports that proxies add and drop, changed and missing bytes', () => {
  const { token, url, fields, signature } = PUBLISHED
  assert.equal(twilioSignature(token, url, fields), signature)
  assert.equal(twilioSignature(token, url, LATER), '0/KCTR6DLpKmkAf8muzZqo1nDgQ=')
  const body = Buffer.from(new URLSearchParams(fields).toString())
  assert.ok(isSignedByTwilio(token, signature, url, body, true))
  assert.ok(isSignedByTwilio(token, signature, url.replace('.com/', '.com:443/'), body, true))
  assert.ok(isSignedByTwilio(token, twilioSignature(token, url.replace('.com/', '.com:443/'), fields), url, body, true))
  assert.equal(isSignedByTwilio(token, signature, url.replace('https', 'http'), body, true), false)
  assert.equal(isSignedByTwilio('12346', signature, url, body, true), false)
  assert.equal(isSignedByTwilio(token, '', url, body, true), false)
  for (let at = 0; at < body.length; at++) {
    const changed = Buffer.from(body)
    changed[at] = (changed[at] ?? 0) ^ 1
    assert.equal(isSignedByTwilio(token, signature, url, changed, true), false)
  }
  assert.equal(isSignedByTwilio(token, twilioSignature(token, url, {}), url, Buffer.from('{}'), false), false, 'a body that nothing names')
})

test('the webhook believes what is signed for the configured address, and reads the swipe', async () => {
  await using twilio = await FakeTwilio.start()
  const settings = settingsOf(twilio, { receive: 'webhook', publicUrl: 'https://plant.example' })
  const fields = {
    MessageSid: 'SM1',
    SmsStatus: 'received',
    AccountSid: twilio.accountSid,
    From: `whatsapp:${ANA}`,
    To: `whatsapp:${twilio.from}`,
    Body: 'Sim, é já',
    ProfileName: 'Ana',
    WaId: '351912345678',
    OriginalRepliedMessageSid: 'SM0',
  }
  const post = (given: Record<string, string>, signature: string): unknown =>
    twilioWhatsappChannel.webhook?.(settings, {
      method: 'POST',
      query: {},
      search: '',
      body: Buffer.from(new URLSearchParams(given).toString()),
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature },
      address: '3.4.5.6',
      publicUrl: '',
    })
  const signature = twilioSignature(twilio.authToken, 'https://plant.example/webhook/twilio-whatsapp', fields)
  const answer = post(fields, signature) as { updates: { id: string; raw: unknown }[] }
  assert.equal(answer.updates[0]?.id, `${twilio.accountSid} ${twilio.from}:SM1:received`)
  const said = twilioWhatsappChannel.parse?.(answer.updates[0]?.raw, 5, {})
  assert.deepEqual([said?.chat, said?.reply.text, said?.reply.replyTo, said?.reply.automatic], [ANA, 'Sim, é já', 'SM0', false])
  assert.throws(() => post({ ...fields, Body: 'ok' }, signature), fault('auth'))
  const fate = { MessageSid: 'SM0', MessageStatus: 'read', AccountSid: twilio.accountSid, From: '', To: `whatsapp:${ANA}` }
  const told = post(fate, twilioSignature(twilio.authToken, 'https://plant.example/webhook/twilio-whatsapp', fate)) as typeof answer
  assert.equal(twilioWhatsappChannel.parse?.(told.updates[0]?.raw, 5, {})?.fate?.state, 'read')
})

test('where answers come by webhook Twilio is told where to say what became of a message, also by the address of the site', async () => {
  await using twilio = await FakeTwilio.start()
  for (const [settings, site, wanted] of [
    [{ receive: 'webhook', publicUrl: 'https://plant.example' }, 'https://other.example', 'https://plant.example/webhook/twilio-sms'],
    [{ receive: 'webhook' }, 'https://site.example/', 'https://site.example/webhook/twilio-sms'],
    [{ receive: 'webhook' }, '', null],
    [{}, 'https://site.example/', null],
  ] as const) {
    await using session = twilioSmsChannel.open(settingsOf(twilio, settings), undefined, site)
    await session.send(outgoing(ANA), signal)
    assert.equal(new URLSearchParams(twilio.server.calls.at(-1)?.body).get('StatusCallback'), wanted)
  }
})
