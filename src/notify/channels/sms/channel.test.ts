import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ChannelError } from '#base/errors.ts'
import { makeCertificates } from '../../../../test/support/certificates.ts'
import { FakeRouter } from '../../../../test/support/fake-router.ts'
import { outgoing } from '../../../../test/support/outgoing.ts'
import { smsChannel } from './channel.ts'
import { localMillis, parseTextList } from './core/sms-list.ts'

const { signal } = new AbortController()
const settingsOf = (router: FakeRouter, more: object = {}): object => ({
  baseUrl: router.server.url,
  user: router.user,
  password: router.password,
  ...more,
})
const fault = (wanted: string, message?: RegExp) => (error: unknown) =>
  error instanceof ChannelError && error.fault === wanted && (message === undefined || message.test(error.message))

for (const generation of ['api', 'post-get'] as const) {
  test(`${generation}: found out, sends without accents, reads, forgets only what is confirmed`, async () => {
    await using router = await FakeRouter.start({ generation })
    await using session = smsChannel.open(settingsOf(router))
    assert.match(await session.check(signal), generation === 'api' ? /RutOS API, modem 3-1/ : /Post\/Get/)
    const receipt = await session.send(outgoing('+351912345678', 'CRÍTICO: pressão 9,1 bar'), signal)
    assert.deepEqual(router.sent, [{ number: generation === 'api' ? '+351912345678' : '00351912345678', text: 'CRITICO: pressao 9,1 bar' }])
    assert.equal(receipt.parts, 1)

    router.arrive('+351912345678', 'sim\n123', '2026-11-24 03:12:05')
    router.arrive('INFO', 'saldo')
    const updates = await session.inbox?.updates(undefined, signal)
    assert.equal(updates?.length, 2)
    const [first, second] = (updates ?? []).map((one) =>
      smsChannel.parse?.(one.raw, Date.UTC(2026, 10, 25) * 1000, settingsOf(router, { timeZone: 'Europe/Lisbon' })),
    )
    assert.deepEqual(
      [first?.chat, first?.reply.text, first?.reply.writtenAt],
      ['+351912345678', 'sim\n123', Date.UTC(2026, 10, 24, 3, 12, 5) * 1000],
    )
    assert.deepEqual([second?.chat, second?.reply.automatic], ['INFO', true])
    assert.equal(router.store.length, 2)
    await session.inbox?.confirm?.(updates ?? [], signal)
    assert.equal(router.store.length, 0)
    // the same words later, in the same place of the store, are another SMS
    router.arrive('+351912345678', 'sim\n123', '2026-11-24 03:15:00')
    assert.notEqual((await session.inbox?.updates(undefined, signal))?.[0]?.id, updates?.[0]?.id)
  })
}

test('a token is used until it ends, one that ended early is replaced without losing the SMS', async () => {
  await using router = await FakeRouter.start()
  await using session = smsChannel.open(settingsOf(router))
  for (let index = 0; index < 3; index++) await session.send(outgoing('+351912345678'), signal)
  assert.equal(router.logins, 1)
  router.expire()
  await session.send(outgoing('+351912345678'), signal)
  assert.deepEqual([router.logins, router.sent.length], [2, 4])
})

test('what the router says comes out in our words', async () => {
  await using router = await FakeRouter.start()
  await using wrong = smsChannel.open(settingsOf(router, { password: 'another' }))
  await assert.rejects(wrong.check(signal), fault('auth'))
  await using modem = smsChannel.open(settingsOf(router, { modem: '1-1' }))
  await assert.rejects(modem.send(outgoing('+351912345678'), signal), fault('rejected', /Invalid modem/))
  await using session = smsChannel.open(settingsOf(router))
  await assert.rejects(session.send(outgoing('+3519123'), signal), fault('address'))
  router.server.next({ status: 500, body: 'oops' }, { status: 429, body: '{}' }, 'drop-before')
  await assert.rejects(session.send(outgoing('+351912345678'), signal), (error) => error instanceof ChannelError && error.retriable)
  await assert.rejects(session.send(outgoing('+351912345678'), signal), fault('rate_limited'))
  await assert.rejects(session.send(outgoing('+351912345678'), signal), fault('unreachable'))
  await using older = await FakeRouter.start({ generation: 'post-get' })
  await using post = smsChannel.open(settingsOf(older))
  await assert.rejects(post.send(outgoing('+3519123'), signal), fault('address'))
  await using between = await FakeRouter.start({ generation: 'between' })
  await using middle = smsChannel.open(settingsOf(between))
  await assert.rejects(middle.check(signal), fault('rejected', /firmware/))
})

test('over TLS nothing is said before the certificate is the pinned one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'synctide-router-'))
  try {
    await makeCertificates(folder, { router: 'IP:127.0.0.1' })
    const [key, cert] = ['router.key', 'router.crt'].map((name) => readFileSync(join(folder, name), 'utf8'))
    assert.ok(key !== undefined && cert !== undefined)
    await using router = await FakeRouter.start({ tls: { key, cert } })
    const { fingerprint256 } = new X509Certificate(cert)
    await using unknown = smsChannel.open(settingsOf(router))
    await assert.rejects(unknown.check(signal), fault('unreachable', new RegExp(fingerprint256)))
    await using other = smsChannel.open(settingsOf(router, { fingerprint: 'AB'.repeat(32) }))
    await assert.rejects(other.check(signal), fault('unreachable', /another certificate/))
    assert.equal(router.server.calls.length, 0)
    await using pinned = smsChannel.open(settingsOf(router, { fingerprint: fingerprint256 }))
    await pinned.check(signal)
    await pinned.send(outgoing('+351912345678'), signal)
    assert.equal(router.sent.length, 1)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('forwarding to HTTP is only believed with the word, from the router', () => {
  const settings = { baseUrl: 'https://192.168.1.1', user: 'u', pushToken: 'a-long-word' }
  const push = (query: Record<string, string>, address = '192.168.1.1', body = ''): unknown =>
    smsChannel.webhook?.(settings, { method: 'POST', query, search: '', body: Buffer.from(body), headers: {}, address, publicUrl: '' })
  assert.deepEqual(push({}, '192.168.1.1', 'token=a-long-word&sender=%2B351&text=ok'), {
    updates: [],
    contentType: 'text/plain',
    body: 'OK',
  })
  assert.ok(push({ token: 'a-long-word' }))
  assert.throws(() => push({ token: 'another' }), fault('auth'))
  assert.throws(() => push({}), fault('auth'))
  assert.throws(() => push({ token: 'a-long-word' }, '192.168.1.77'), fault('auth'))
})

test('addresses: a number with its country; everything else is named for what it is', () => {
  assert.equal(smsChannel.parseAddress('00351 912-345-678'), '+351912345678')
  for (const [text, what] of [
    ['912345678', /no country/],
    ['ana@plant.test', /e-mail/],
    ['-1001234567890', /Telegram group/],
    ['Ana', /no telephone number/],
  ] as const) {
    assert.throws(() => smsChannel.parseAddress(text), what)
  }
})

test('lists and dates of the older firmware', () => {
  const text =
    'Index: 0\nDate: Tue Nov 24 03:12:05 2026\nSender: +351912345678\nText: ok\n\nsecond line\nStatus: unread\n------------------------------\n'
  assert.deepEqual(parseTextList(text), [
    { id: '0', modem: null, date: 'Tue Nov 24 03:12:05 2026', sender: '+351912345678', text: 'ok\n\nsecond line' },
  ])
  assert.equal(localMillis('Tue Nov 24 03:12:05 2026'), Date.UTC(2026, 10, 24, 3, 12, 5))
  assert.equal(localMillis('soon'), undefined)
})
