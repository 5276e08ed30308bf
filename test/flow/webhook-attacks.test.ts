import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { twilioSignature } from '#notify/channels/twilio/signature.ts'
import { openKey } from '#host/secrets.ts'
import { apiSite, type ApiSite } from '../support/api-site.ts'
import { until } from '../support/alarm-plant.ts'
import { NotifySite } from '../support/notify-site.ts'

const SECRET = 'app-secret-of-a-test'
const TWILIO = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'auth-token-of-a-test', from: '+351210000000' }
const URL_SIGNED = 'https://plant.example/webhook/twilio-sms'
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

/** The three gateways that are called from outside, on the API as it stands behind a proxy. */
async function called(): Promise<{ readonly site: ApiSite } & AsyncDisposable> {
  const site = await apiSite()
  const notify = await NotifySite.make(site.db, openKey(site.dataFolder))
  const { authToken, ...twilio } = TWILIO
  await notify.gateway('twilio-sms', { ...twilio, receive: 'webhook', publicUrl: 'https://plant.example' }, { authToken })
  const meta = { accessToken: 'token-of-a-test-of-a-test', appSecret: SECRET, verifyToken: 'word-of-our-own' }
  await notify.gateway('whatsapp', { phoneNumberId: '123456789' }, meta)
  await notify.gateway('sms', { user: 'u', baseUrl: 'https://router.plant' }, { password: 'p', pushToken: 'the-word' })
  return { site, [Symbol.asyncDispose]: async () => await site[Symbol.asyncDispose]() }
}

type Headers = Record<string, string>

async function post(site: ApiSite, path: string, body: string | Uint8Array<ArrayBuffer>, headers: Headers): Promise<number> {
  return (await fetch(`http://127.0.0.1:${site.port}/webhook/${path}`, { method: 'POST', headers, body })).status
}

const kept = async ({ db }: ApiSite): Promise<number> => (await db.query('select from inbound_messages')).length
const ofMeta = (body: string): Headers => ({
  'content-type': 'application/json',
  'x-hub-signature-256': `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`,
})
const notification = (text: string, id = 'wamid.1'): string =>
  `{"object":"whatsapp_business_account", "entry":[{"changes":[{"value":{"metadata":{"phone_number_id":"123456789"},
    "messages":[{"from":"351912345678","id":"${id}","timestamp":"1764000000","type":"text","text":{"body":"${text}"}}]}}]}]}`

test('Twilio: only what is signed over these letters, for this address, with this key, is believed; behind whatever proxy', async () => {
  await using all = await called()
  const { site } = all
  const fields = { MessageSid: 'SM1', SmsStatus: 'received', AccountSid: TWILIO.accountSid, From: '+351912345678', Body: 'ok' }
  const body = new URLSearchParams(fields).toString()
  const sign = (url: string, of: Record<string, string> = fields, key = TWILIO.authToken): Headers => ({
    ...FORM,
    'x-twilio-signature': twilioSignature(key, url, of),
  })
  const good = sign(URL_SIGNED)
  const attacks: readonly (readonly [what: string, path: string, body: string, headers: Headers])[] = [
    ['no signature', 'twilio-sms', body, FORM],
    ['another key', 'twilio-sms', body, sign(URL_SIGNED, fields, 'x')],
    ['another text', 'twilio-sms', body.replace('ok', 'ok+123'), good],
    ['a field more', 'twilio-sms', `${body}&ButtonPayload=ack`, good],
    ['the same field twice', 'twilio-sms', `${body}&Body=ack+123`, good],
    ['signed for http', 'twilio-sms', body, sign(URL_SIGNED.replace('https', 'http'))],
    [
      'signed for another name, which the proxy claims',
      'twilio-sms',
      body,
      { ...sign('https://evil.example/webhook/twilio-sms'), 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
    ],
    ['a query more', 'twilio-sms?x=1', body, good],
    ['no form: the fields are not looked at', 'twilio-sms', body, { ...sign(URL_SIGNED, {}), 'content-type': 'application/json' }],
  ]
  for (const [what, path, sent, headers] of attacks) assert.equal(await post(site, path, sent, headers), 403, what)
  assert.equal(await kept(site), 0)
  // and whoever guesses at signatures does not shut the provider out
  assert.equal(await post(site, 'twilio-sms', body, good), 200)
  assert.equal(await post(site, 'twilio-sms', body, { ...good, 'x-forwarded-for': '3.4.5.6', 'x-forwarded-host': 'inside' }), 200, 'again')
  assert.equal(await kept(site), 1, 'a replay is answered and changes nothing')
  const query = '?tenant=a%20b&x=%2B'
  assert.equal(await post(site, `twilio-sms${query}`, body, sign(`${URL_SIGNED}${query}`)), 200, 'a query is signed letter for letter')
  const stranger = { ...fields, AccountSid: `AC${'1'.repeat(32)}`, MessageSid: 'SM2' }
  assert.equal(await post(site, 'twilio-sms', new URLSearchParams(stranger).toString(), sign(URL_SIGNED, stranger)), 200)
  assert.equal(await kept(site), 1, 'what is for another account is not ours')
})

test('Meta: signed over the bytes as they came; its own question is answered with the word only', async () => {
  await using all = await called()
  const { site } = all
  const body = notification('sim\\u0000 \\ud83d')
  assert.equal(await post(site, 'whatsapp', JSON.stringify(JSON.parse(body)), ofMeta(body)), 403, 'the same said in other letters')
  assert.equal(
    await post(site, 'whatsapp', body, { 'x-hub-signature-256': ofMeta(body)['x-hub-signature-256']?.replace('sha256=', '') ?? '' }),
    403,
  )
  assert.equal(await post(site, 'whatsapp', body, { 'x-hub-signature': 'sha1=00' }), 403)
  assert.equal(await post(site, 'whatsapp', body, ofMeta(body)), 200)
  assert.equal(await post(site, 'whatsapp', body, ofMeta(body)), 200)
  const rows = await site.db.query<{ text: string }>(`select raw #>> '{message,text,body}' as text from inbound_messages`)
  assert.deepEqual(rows, [{ text: 'sim\uFFFD \uFFFD' }], 'letters that no table takes do not keep the rest back')
  const others = notification('sim', 'wamid.2').replace('123456789', '987654321')
  assert.equal(await post(site, 'whatsapp', others, ofMeta(others)), 200)
  for (const nothing of ['', '[]', 'null', '{"object":"page"}', '{'.repeat(1000), '"\\ud800"'])
    assert.equal(await post(site, 'whatsapp', nothing, ofMeta(nothing)), 200, nothing.slice(0, 20))
  assert.equal(await kept(site), 1)
  const ask = async (query: Record<string, string>): Promise<Response> =>
    await fetch(`http://127.0.0.1:${site.port}/webhook/whatsapp?${new URLSearchParams(query).toString()}`)
  const asked = { 'hub.mode': 'subscribe', 'hub.verify_token': 'word-of-our-own', 'hub.challenge': '<script>1158</script>' }
  const answer = await ask(asked)
  assert.deepEqual([answer.status, answer.headers.get('content-type'), await answer.text()], [200, 'text/plain', 'script1158script'])
  assert.equal((await ask({ ...asked, 'hub.mode': 'unsubscribe' })).status, 403)
  const states: number[] = []
  for (let tries = 0; tries < 6; tries++) states.push((await ask({ ...asked, 'hub.verify_token': `guess ${tries}` })).status)
  assert.equal(states.at(-1), 429, 'a word is not guessed')
  const again = notification('sim', 'wamid.3')
  assert.equal(await post(site, 'whatsapp', again, ofMeta(again)), 200, 'which shuts no signed call out')
})

test('the router has no signature: its word opens nothing but a look into the router, and is not guessed; bodies have an end', async () => {
  await using all = await called()
  const { site } = all
  assert.equal(await post(site, 'sms', 'token=the-word&sender=%2B351912345678&text=ok', FORM), 200)
  assert.equal(await kept(site), 0, 'what a call claims that somebody wrote is not believed')
  assert.equal(await post(site, 'sms', 'sender=%2B351912345678&text=ok', FORM), 403)
  const states: number[] = []
  for (let tries = 0; tries < 6; tries++) states.push(await post(site, 'sms', `token=guess${tries}`, FORM))
  assert.ok(states.includes(429), states.join())
  assert.equal(await post(site, 'whatsapp', 'x'.repeat(300 * 1024), ofMeta('')), 413)
  assert.equal(await post(site, 'email', '', {}), 404)
  assert.equal(await post(site, '..%2Fapi%2Fdevices', '', {}), 404)
  // as many at once as one address may, and no more
  const flood = await Promise.all(Array.from({ length: 120 }, async () => await post(site, 'whatsapp', '{}', {})))
  assert.ok(flood.includes(429) && flood.includes(403), 'a flood is cut off before it is looked at')
})

test('what cannot be read does not keep back what others say after it', async () => {
  await using all = await called()
  const { site } = all
  const notify = new NotifySite(site.db, openKey(site.dataFolder))
  await notify.contact('Ana', [], { addresses: [{ channel: 'whatsapp', address: '+351912345678' }] })
  const broken = notification('ok').replace('1764000000', '99999999999999999999999')
  assert.equal(await post(site, 'whatsapp', broken, ofMeta(broken)), 200)
  const good = notification('ok', 'wamid.9')
  assert.equal(await post(site, 'whatsapp', good, ofMeta(good)), 200)
  await using _inbound = notify.inbound()
  await until(async () => (await site.db.query('select from inbound_messages where outcome is null')).length === 0, 'both are worked on')
})
