import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ChannelError } from '#base/errors.ts'
import { FakeMeta } from '../../../../test/support/fake-meta.ts'
import { outgoing } from '../../../../test/support/outgoing.ts'
import type { WebhookAnswer } from '../channel.ts'
import { whatsappChannel } from './channel.ts'

const { signal } = new AbortController()
const ANA = '+351912345678'
const WA = '351912345678'
const settingsOf = (meta: FakeMeta, more: object = {}): object => ({
  phoneNumberId: meta.phoneNumberId,
  accessToken: meta.accessToken,
  appSecret: meta.appSecret,
  verifyToken: meta.verifyToken,
  baseUrl: `${meta.server.url}/v23.0`,
  ...more,
})
const fault = (wanted: string) => (error: unknown) => error instanceof ChannelError && error.fault === wanted

test('free words with a button within a day, the template outside of it and when Meta says that the day is over', async () => {
  await using meta = await FakeMeta.start()
  await using session = whatsappChannel.open(settingsOf(meta, { template: 'plant_alarm', templateButton: true, templateLanguage: 'pt_PT' }))
  assert.match(await session.check(signal), /\+1 555-078-3881 \(Plant\)/)
  await session.send(outgoing(ANA, 'one\ntwo'), signal)
  await session.send(outgoing(ANA, 'one\ntwo', { heardAt: Date.now() * 1000 }), signal)
  meta.open.add(WA)
  await session.send(outgoing(ANA, 'one\ntwo', { heardAt: Date.now() * 1000, replyTo: 'wamid.1' }), signal)
  assert.deepEqual(
    meta.sent.map((one) => one['type']),
    ['template', 'template', 'interactive'],
  )
  assert.deepEqual(meta.sent[0]?.['template'], {
    name: 'plant_alarm',
    language: { policy: 'deterministic', code: 'pt_PT' },
    components: [
      { type: 'body', parameters: [{ type: 'text', text: 'one two' }] },
      { type: 'button', sub_type: 'quick_reply', index: '0', parameters: [{ type: 'payload', payload: 'ack:7' }] },
    ],
  })
  assert.deepEqual(meta.sent[2]?.['context'], { message_id: 'wamid.1' })
})

test('what Meta refuses comes out as what it means, by its code', async () => {
  await using meta = await FakeMeta.start()
  await using session = whatsappChannel.open(settingsOf(meta))
  await assert.rejects(session.send(outgoing(ANA), signal), /approved template|Re-engagement/)
  meta.open.add(WA).add('351911111111')
  meta.without.add('351911111111')
  await assert.rejects(session.send(outgoing('+351911111111'), signal), fault('address'))
  meta.server.next(
    { status: 400, body: '{"error":{"code":131056,"message":"Pair rate limit hit"}}' },
    { status: 401, body: '{"error":{"code":190,"message":"expired"}}' },
    { status: 500, body: '{"error":{"code":131000,"message":"Something went wrong"}}' },
    { status: 502, body: '<html>' },
    'drop-before',
  )
  for (const wanted of ['rate_limited', 'auth', 'rejected', 'unreachable', 'unreachable']) {
    await assert.rejects(session.send(outgoing(ANA), signal), fault(wanted))
  }
  await session.send(outgoing(ANA, 'a note', { acknowledge: null }), signal)
  assert.deepEqual(meta.sent.at(-1)?.['text'], { body: 'a note', preview_url: false })
})

test('the webhook: verification, signature over the raw bytes, each message and state by itself', async () => {
  await using meta = await FakeMeta.start()
  const settings = settingsOf(meta)
  const call = (more: object): WebhookAnswer | undefined =>
    whatsappChannel.webhook?.(settings, {
      method: 'POST',
      query: {},
      search: '',
      body: new Uint8Array(),
      headers: {},
      address: '31.13.0.1',
      publicUrl: '',
      ...more,
    })
  const query = { 'hub.mode': 'subscribe', 'hub.verify_token': meta.verifyToken, 'hub.challenge': '1158201444' }
  assert.equal(call({ method: 'GET', query })?.body, '1158201444')
  assert.throws(() => call({ method: 'GET', query: { ...query, 'hub.verify_token': 'x' } }), fault('auth'))

  const from = { from: WA, timestamp: '1764000000' }
  const { body, signature } = meta.notify({
    contacts: [{ profile: { name: 'Ana' }, wa_id: WA }],
    messages: [
      { ...from, id: 'wamid.a', type: 'text', text: { body: 'Sim ✅' }, context: { from: '15550783881', id: 'wamid.1' } },
      { ...from, id: 'wamid.b', type: 'button', button: { payload: 'ack:7', text: 'Reconhecer' }, context: { id: 'wamid.1' } },
      { ...from, id: 'wamid.c', type: 'interactive', interactive: { type: 'button_reply', button_reply: { id: 'ack:7', title: 'OK' } } },
      { ...from, id: 'wamid.d', type: 'reaction', reaction: { message_id: 'wamid.1', emoji: '👍' } },
      { ...from, id: 'wamid.e', type: 'text', text: { body: 'ok' }, context: { forwarded: true } },
      { ...from, id: 'wamid.f', type: 'system', system: { type: 'user_changed_number', wa_id: '351913333333', body: 'changed' } },
      { ...from, id: 'wamid.g', type: 'unsupported', errors: [{ code: 131_051 }] },
    ],
    statuses: [
      { id: 'wamid.1', status: 'delivered', timestamp: '1764000001', recipient_id: WA },
      {
        id: 'wamid.2',
        status: 'failed',
        timestamp: '1764000001',
        recipient_id: WA,
        errors: [{ code: 131_047, title: 'Re-engagement message' }],
      },
    ],
  })
  const answer = call({ body: Buffer.from(body), headers: { 'x-hub-signature-256': signature } })
  const said = (answer?.updates ?? []).map((one) => whatsappChannel.parse?.(one.raw, Date.now() * 1000, settings))
  assert.deepEqual(
    said.map((one) => one && [one.kind, one.reply.kind, one.reply.text, one.reply.replyTo, one.reply.automatic]),
    [
      ['reply', 'text', 'Sim ✅', 'wamid.1', false],
      ['reply', 'button', 'ack:7', 'wamid.1', false],
      ['reply', 'button', 'ack:7', null, false],
      ['reply', 'reaction', '👍', 'wamid.1', false],
      ['reply', 'text', 'ok', null, true],
      ['moved', 'text', '', null, false],
      undefined,
      ['fate', 'text', '', null, false],
      ['fate', 'text', '', null, false],
    ],
  )
  assert.deepEqual([said[0]?.chat, said[0]?.reply.writtenAt, said[5]?.token], [ANA, 1_764_000_000_000_000, '+351913333333'])
  assert.deepEqual(said[8]?.fate, { state: 'failed', reason: 'WhatsApp could not deliver it: Re-engagement message (131047)', parts: null })
  assert.equal(new Set(answer?.updates.map((one) => one.id)).size, 9)

  // the same JSON in other bytes is not what was signed
  const spaced = Buffer.from(JSON.stringify(JSON.parse(body), null, 1))
  assert.throws(() => call({ body: spaced, headers: { 'x-hub-signature-256': signature } }), fault('auth'))
  assert.throws(() => call({ body: Buffer.from(body) }), fault('auth'))
  const other = meta.notify({
    metadata: { phone_number_id: '1' },
    messages: [{ ...from, id: 'wamid.z', type: 'text', text: { body: 'ok' } }],
  })
  assert.deepEqual(call({ body: Buffer.from(other.body), headers: { 'x-hub-signature-256': other.signature } })?.updates, [])
})
