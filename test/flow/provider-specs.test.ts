import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Channel } from '#notify/channels/channel.ts'
import { telegramChannel } from '#notify/channels/telegram/channel.ts'
import { twilioSmsChannel, twilioWhatsappChannel } from '#notify/channels/twilio/channel.ts'
import { whatsappChannel } from '#notify/channels/whatsapp/channel.ts'
import { FakeMeta, UNSUPPORTED } from '../support/fake-meta.ts'
import { ANA, FakeTelegram, RUI } from '../support/fake-telegram.ts'
import { FakeTwilio } from '../support/fake-twilio.ts'
import { outgoing } from '../support/outgoing.ts'
import {
  botDifferences,
  botFields,
  metaDescription,
  providerSpecs,
  telegramDescription,
  twilioDescription,
  type OpenApi,
} from '../support/provider-specs.ts'
import { SchemaCheck, type Schema } from '../support/schema-check.ts'

/*
 * Every request of our channels, and every answer and update of our fakes, against the providers' own descriptions. The router has none
 * (its fake is written from what others recorded), and Twilio describes no webhooks.
 */
const { signal } = new AbortController()
const PHONE = '+351912345678'
const HOUR_AGO = (): number => (Date.now() - 3_600_000) * 1000

function specsOr(t: TestContext): string | undefined {
  const folder = providerSpecs()
  if (folder === undefined) t.skip('not run: there are no descriptions at SYNCTIDE_TEST_PROVIDER_SPECS or ../shared/specs')
  return folder
}

async function refused(work: Promise<unknown>): Promise<void> {
  await assert.rejects(work)
}

test('Telegram: calls, answers and updates are as the Bot API describes them', async (t) => {
  const folder = specsOr(t)
  if (folder === undefined) return
  const api = telegramDescription(folder)
  await using telegram = await FakeTelegram.start(ANA, RUI)
  await using session = telegramChannel.open({ baseUrl: telegram.url, token: telegram.token })
  await session.check(signal)
  await session.pairingLink?.('token', signal)
  const { providerId } = await session.send(outgoing(String(ANA.id)), signal)
  await session.send(outgoing(String(ANA.id), 'a list', { acknowledge: { eventId: null, url: null } }), signal)
  await session.send(outgoing(String(ANA.id), 'a note', { acknowledge: null, silent: true, replyTo: providerId }), signal)
  await session.settle?.(String(ANA.id), providerId, signal)
  await refused(session.send(outgoing('5'), signal))
  telegram.fail({ code: 429, description: 'Too Many Requests: retry after 3', parameters: { retry_after: 3 } })
  await refused(session.send(outgoing(String(ANA.id)), signal))
  const [, list] = telegram.in(ANA.id)
  assert.ok(list)
  telegram.say(ANA, '/start')
  telegram.say(ANA, 'ok', { replyTo: Number(providerId) })
  telegram.say(ANA, 'ok', { forward_origin: { type: 'user', date: 1_764_000_000, sender_user: { ...RUI, is_bot: false } } })
  telegram.say(ANA, 'away', { is_from_offline: true })
  telegram.press(ANA, list)
  telegram.react(ANA, list, '👍')
  telegram.block(RUI)
  await refused(session.send(outgoing(String(RUI.id)), signal))
  await session.answerPress?.('press-1', 'Acknowledged', signal)
  const updates = (await session.inbox?.updates(undefined, signal)) ?? []
  assert.equal(updates.length, 7)
  assert.ok(updates.every((one) => telegramChannel.parse?.(one.raw, Date.now() * 1000, {}) !== undefined))

  assert.ok(new Set(telegram.calls.map((one) => one.method)).size >= 5)
  const differences = telegram.calls.flatMap(({ method, given, answer }) => {
    const described = api.methods[method]
    if (described === undefined) return [`${method} is not described`]
    const asked = botFields(api, given, described.fields ?? [], method)
    const { ok, result, ...refusal } = answer as {
      ok: boolean
      result: unknown
      error_code?: number
      description?: string
      parameters?: object
    }
    // a refusal is described in words only: https://core.telegram.org/bots/api#making-requests
    if (!ok) {
      const parameters =
        refusal.parameters === undefined ? [] : botDifferences(api, refusal.parameters, ['ResponseParameters'], `${method} refused`)
      return [
        ...asked,
        ...parameters,
        ...(Number.isInteger(refusal.error_code) && refusal.description !== undefined ? [] : [`${method}: refusal`]),
      ]
    }
    return [...asked, ...botDifferences(api, result, described.returns, `${method} answered`)]
  })
  assert.deepEqual(differences, [])
})

test('the check of the Bot API bites: a field renamed, left out, of another type', async (t) => {
  const folder = specsOr(t)
  if (folder === undefined) return
  const api = telegramDescription(folder)
  const fields = api.methods['sendMessage']?.fields ?? []
  const said = (given: object): string => botFields(api, given as Record<string, unknown>, fields, 'sendMessage').join()
  assert.equal(said({ chat_id: 1, text: 'x' }), '')
  assert.match(said({ chat_id: 1, text: 'x', reply_to_message_id: 5 }), /reply_to_message_id is not described/)
  assert.match(said({ chat_id: 1 }), /text is missing/)
  assert.match(said({ chat_id: 1, text: 'x', reply_markup: { inline_keyboard: [{ text: 'a' }] } }), /no array|inline_keyboard/)
})

interface Exchange {
  readonly call: { readonly method: string; readonly url: URL; readonly headers: object; readonly body: string }
  readonly reply: { readonly status?: number; readonly json?: unknown }
}

/** Of an operation and an answer of it. */
function schemasOf(
  api: OpenApi,
  template: string,
  method: string,
  status: number,
): { request: Schema | undefined; response: Schema | undefined } {
  const operation = api.paths[template]?.[method.toLowerCase()]
  assert.ok(operation, `${method} ${template} is described`)
  return {
    request: Object.values(operation.requestBody?.content ?? {})[0]?.schema,
    response: Object.values(operation.responses[String(status)]?.content ?? {})[0]?.schema,
  }
}

function twilioDifferences(api: OpenApi, { call, reply }: Exchange): string[] {
  const template = call.url.pathname.endsWith('/Messages.json')
    ? '/2010-04-01/Accounts/{AccountSid}/Messages.json'
    : '/2010-04-01/Accounts/{Sid}.json'
  const { status = 200, json } = reply
  const { request, response } = schemasOf(api, template, call.method, status)
  const parameters = api.paths[template]?.[call.method.toLowerCase()]?.parameters ?? []
  const asked = [...call.url.searchParams.keys()]
    .filter((name) => !parameters.some((one) => one.in === 'query' && one.name === name))
    .map((name) => `${call.method} ${template}: the parameter ${name} is not described`)
  const properties = (request?.['properties'] ?? {}) as Record<string, Schema>
  const form = Object.fromEntries(
    [...new URLSearchParams(call.body)].map(([name, text]) => [name, properties[name]?.['type'] === 'integer' ? Number(text) : text]),
  )
  const body = request === undefined ? [] : new SchemaCheck(api).differences(form, request, call.method)
  // what Twilio refuses it does not describe
  const answer =
    response === undefined || status >= 400
      ? []
      : new SchemaCheck(api, { complete: true }).differences(json, response, `answer of ${call.method}`)
  return [...asked, ...body, ...answer]
}

test('Twilio: requests and answers are as its OpenAPI description says', async (t) => {
  const folder = specsOr(t)
  if (folder === undefined) return
  const api = twilioDescription(folder)
  await using twilio = await FakeTwilio.start()
  const settings = { accountSid: twilio.accountSid, authToken: twilio.authToken, from: twilio.from, baseUrl: twilio.server.url }
  const contentSid = `HX${'0'.repeat(32)}`
  const ways: readonly [Channel, object][] = [
    [twilioSmsChannel, settings],
    [twilioSmsChannel, { ...settings, from: '', messagingServiceSid: `MG${'a'.repeat(32)}` }],
    [twilioSmsChannel, { ...settings, receive: 'webhook', publicUrl: 'https://plant.example' }],
    [twilioWhatsappChannel, settings],
    [twilioWhatsappChannel, { ...settings, contentSid }],
  ]
  for (const [channel, given] of ways) {
    await using session = channel.open(given)
    await session.check(signal)
    await session.send(outgoing(PHONE, 'CRÍTICO', { lastsSeconds: 900 }), signal)
    await session.send(outgoing(PHONE, 'again', { lastsSeconds: null, heardAt: HOUR_AGO() }), signal)
    await session.find?.(outgoing(PHONE, 'again'), signal)
    twilio.arrive(channel === twilioSmsChannel ? PHONE : `whatsapp:${PHONE}`, 'sim')
    await session.inbox?.updates(undefined, signal)
    await refused(session.send(outgoing('+0'), signal))
  }
  const { answers } = twilio.server
  assert.ok(answers.length > 20)
  assert.deepEqual(
    answers.flatMap((one) => twilioDifferences(api, one)),
    [],
  )

  const [, sent] = answers.filter((one) => one.call.method === 'POST')
  assert.ok(sent)
  const bent = { ...sent, call: { ...sent.call, body: `${sent.call.body}&BodyText=x` } }
  assert.deepEqual(twilioDifferences(api, bent), ['POST.BodyText is not described'], 'the check bites')
})

/** Messages of the description's own examples, by their type. */
function exampleMessages(api: OpenApi): Map<string, Schema[]> {
  const examples = api.paths['/whatsapp/webhooks']?.['post']?.requestBody?.content['application/json']?.examples ?? {}
  const messages = Object.values(examples).flatMap(({ value }) => {
    const { entry } = value as { entry: { changes: { value: { messages?: Schema[] } }[] }[] }
    return entry.flatMap((one) => one.changes).flatMap((one) => one.value.messages ?? [])
  })
  return Map.groupBy(messages, (one) => String(one['type']))
}

/** What a message has that no example of its type has, or has of another kind; or lacks though every example has it. */
function shapeDifferences(value: unknown, examples: readonly unknown[], path: string): string[] {
  const kindOf = (one: unknown): string => (Array.isArray(one) ? 'array' : typeof one)
  const alike = examples.filter((one) => kindOf(one) === kindOf(value))
  if (alike.length === 0) return [`${path} is no ${[...new Set(examples.map(kindOf))].join()}`]
  if (Array.isArray(value))
    return value.flatMap((one: unknown, index) => shapeDifferences(one, (alike as unknown[][]).flat(), `${path}[${index}]`))
  if (typeof value !== 'object' || value === null) return []
  const objects = alike as Schema[]
  // one example alone does not say what is always there
  const common = objects.length > 1 ? Object.keys(objects[0] ?? {}).filter((name) => objects.every((one) => name in one)) : []
  const missing = common.filter((name) => !(name in value))
  return [
    ...missing.map((name) => `${path}.${name} is missing`),
    ...Object.entries(value).flatMap(([name, one]: [string, unknown]) => {
      const found = objects.filter((two) => name in two).map((two) => two[name])
      return found.length === 0 ? [`${path}.${name} is in no example`] : shapeDifferences(one, found, `${path}.${name}`)
    }),
  ]
}

test('Meta: requests, answers and webhooks are as its OpenAPI description and its examples say', async (t) => {
  const folder = specsOr(t)
  if (folder === undefined) return
  const api = metaDescription(folder)
  const check = new SchemaCheck(api)
  await using meta = await FakeMeta.start()
  const login = {
    phoneNumberId: meta.phoneNumberId,
    accessToken: meta.accessToken,
    appSecret: meta.appSecret,
    verifyToken: meta.verifyToken,
  }
  const settings = {
    ...login,
    baseUrl: `${meta.server.url}/v23.0`,
    template: 'plant_alarm',
    templateButton: true,
    templateLanguage: 'pt_PT',
  }
  await using session = whatsappChannel.open(settings)
  await session.check(signal)
  await session.send(outgoing(PHONE), signal)
  meta.open.add(PHONE.slice(1))
  await session.send(outgoing(PHONE, 'alarm', { heardAt: HOUR_AGO(), replyTo: 'wamid.1' }), signal)
  await session.send(outgoing(PHONE, 'note', { heardAt: HOUR_AGO(), acknowledge: null }), signal)
  await session.send(outgoing(PHONE, 'x'.repeat(2000), { heardAt: HOUR_AGO() }), signal)
  meta.without.add('351911111111')
  meta.open.add('351911111111')
  await refused(session.send(outgoing('+351911111111', 'x', { heardAt: HOUR_AGO() }), signal))
  assert.deepEqual(new Set(meta.sent.map((one) => one['type'])), new Set(['template', 'interactive', 'text']))
  const agent = api['components'] as { parameters: { UserAgent: { schema: Schema } }; schemas: Record<string, Schema> }
  const differences = meta.server.answers.flatMap(({ call, reply }) => {
    const { status = 200, json } = reply
    const template = call.url.pathname.endsWith('/messages') ? '/{Version}/{Phone-Number-ID}/messages' : '/{Version}/{Phone-Number-ID}'
    const { request, response } = schemasOf(api, template, call.method, 200)
    const asked = request === undefined ? [] : check.differences(JSON.parse(call.body), request, 'request')
    const who = check.differences(call.headers['user-agent'], agent.parameters.UserAgent.schema, 'User-Agent')
    const schema = status === 200 ? response : { $ref: '#/components/schemas/GraphAPIError' }
    return [...asked, ...who, ...(schema === undefined ? [] : check.differences(json, schema, `answer ${status}`))]
  })
  assert.deepEqual(differences, [])

  const from = PHONE.slice(1)
  const arrived = [
    meta.arrived(from, { type: 'text', text: { body: 'Sim' } }),
    meta.arrived(from, { type: 'text', text: { body: 'ok' } }, 'wamid.1'),
    meta.arrived(from, { type: 'button', button: { payload: 'ack:7', text: 'Reconhecer' } }, 'wamid.1'),
    meta.arrived(
      from,
      { type: 'interactive', interactive: { type: 'button_reply', button_reply: { id: 'ack:7', title: 'OK' } } },
      'wamid.1',
    ),
    meta.arrived(from, { type: 'reaction', reaction: { message_id: 'wamid.1', emoji: '👍' } }),
    meta.arrived(from, UNSUPPORTED),
    meta.arrived(from, { type: 'system', system: { type: 'user_changed_number', wa_id: '351913333333', body: 'changed' } }),
  ]
  const examples = exampleMessages(api)
  assert.deepEqual(
    // the schemas of arriving messages bear names of outgoing ones in this description, and fit not even its own examples
    arrived.flatMap((one) => shapeDifferences(one, examples.get(String(one['type'])) ?? [], String(one['type']))),
    [],
  )
  const statuses = [
    { id: 'wamid.1', status: 'delivered', timestamp: '1764000001', recipient_id: from },
    {
      id: 'wamid.2',
      status: 'failed',
      timestamp: '1764000001',
      recipient_id: from,
      errors: [{ code: 131_047, title: 'Re-engagement message' }],
    },
  ]
  const { body } = meta.notify({ statuses })
  assert.deepEqual(check.differences(JSON.parse(body), { $ref: '#/components/schemas/WebhookPayload' }), [])
  assert.ok(
    arrived.every(
      (one) => whatsappChannel.parse?.({ message: one }, Date.now() * 1000, settings) !== undefined || one['type'] === 'unsupported',
    ),
  )
})
