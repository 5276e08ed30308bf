import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { hashPassword } from '#api/password.ts'
import { createSetupToken } from '#store/setup-tokens.ts'
import { type ApiReply, type Credentials, apiSite } from '../support/api-site.ts'

const PASSWORD = 'correct horse battery'
const SETUP = {
  login: 'ana',
  displayName: 'Ana',
  password: PASSWORD,
  siteName: 'Waterworks',
  timeZone: 'Europe/Lisbon',
  language: 'pt',
}

/** The session that a reply opened. */
function sessionOf(reply: ApiReply): Credentials {
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  const cookie = reply.headers.get('set-cookie')?.split(';')[0] ?? ''
  return { cookie, 'x-csrf-token': String(reply.body['csrf']) }
}

test('the set-up link makes the administrator once', async () => {
  await using site = await apiSite()
  assert.equal((await site.call('GET /api/setup', {})).body['needed'], true)
  const token = await createSetupToken(site.db, { purpose: 'first_administrator', hours: 1 })
  assert.equal((await site.call('POST /api/setup', {}, { ...SETUP, token: 'guess' })).status, 404)
  await site.db.query(`update setup_tokens set expires_at = now()`)
  assert.equal((await site.call('POST /api/setup', {}, { ...SETUP, token })).status, 404, 'too old')
  await site.db.query(`update setup_tokens set expires_at = now() + interval '1 hour'`)
  const weak = await site.call('POST /api/setup', {}, { ...SETUP, token, password: 'password1234' })
  assert.deepEqual([weak.status, weak.body['field']], [400, 'password'])
  const both = await Promise.all(['ana', 'rui'].map(async (login) => await site.call('POST /api/setup', {}, { ...SETUP, login, token })))
  assert.equal(both.filter((reply) => reply.status === 200).length, 1, 'of two at once one wins')
  const first = both.find((reply) => reply.status === 200)
  assert.ok(first)
  assert.equal((await site.call('GET /api/users', sessionOf(first))).status, 200)
  assert.equal((await site.call('GET /api/setup', {})).body['needed'], false)
  const again = await createSetupToken(site.db, { purpose: 'first_administrator', hours: 1 })
  assert.equal((await site.call('POST /api/setup', {}, { ...SETUP, login: 'eve', token: again })).status, 409)
})

test('the cookie is out of reach of scripts and other sites; Secure behind TLS', async () => {
  await using site = await apiSite()
  const id = await site.user('operator', null, await hashPassword(PASSWORD))
  await site.db.query(`update users set login = 'ana' where id = $1`, [id])
  const plain = (await site.call('POST /api/login', {}, { login: 'ANA', password: PASSWORD })).headers.get('set-cookie') ?? ''
  assert.match(plain, /; HttpOnly/)
  assert.match(plain, /; SameSite=Strict/)
  assert.doesNotMatch(plain, /Secure/)
  const tls = await site.call('POST /api/login', { 'x-forwarded-proto': 'https' }, { login: 'ana', password: PASSWORD })
  assert.match(tls.headers.get('set-cookie') ?? '', /; Secure/)
  const [row] = await site.db.query<{ hash: Uint8Array }>('select token_hash as hash from sessions limit 1')
  assert.equal(plain.includes(Buffer.from(row?.hash ?? []).toString('base64url')), false, 'only a hash is stored')
})

test('guessing is slowed down for the login from that address, not for others', async () => {
  await using site = await apiSite()
  const id = await site.user('operator', null, await hashPassword(PASSWORD))
  await site.db.query(`update users set login = 'ana' where id = $1`, [id])
  const from = (address: string): Credentials => ({ 'x-forwarded-for': address })
  const statuses: number[] = []
  let last: ApiReply | undefined
  for (let i = 0; i < 6; i++) {
    last = await site.call('POST /api/login', from('203.0.113.7'), { login: 'ana', password: `wrong ${i}` })
    statuses.push(last.status)
  }
  assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429])
  assert.ok(Number(last?.headers.get('retry-after')) >= 1)
  const right = { login: 'ana', password: PASSWORD }
  assert.equal((await site.call('POST /api/login', from('203.0.113.7'), right)).status, 429, 'the right one has to wait as well')
  assert.equal((await site.call('POST /api/login', from('203.0.113.8'), right)).status, 200)
})

test('an unknown login, a wrong password and a disabled user cannot be told apart', async () => {
  await using site = await apiSite()
  const id = await site.user('operator', null, await hashPassword(PASSWORD))
  await site.db.query(`update users set login = 'ana', enabled = false where id = $1`, [id])
  const told = async (login: string, password: string): Promise<unknown> => {
    const { status, body } = await site.call('POST /api/login', {}, { login, password })
    return { status, code: body['code'], message: body['message'], remedy: body['remedy'] }
  }
  const unknown = await told('nobody', PASSWORD)
  assert.deepEqual(await told('ana', 'wrong'), unknown)
  assert.deepEqual(await told('ana', PASSWORD), unknown)
})

test('a session ends by logout, idleness, age, a new password and a disabled user', async () => {
  await using site = await apiSite()
  const id = await site.user('operator', null, await hashPassword(PASSWORD))
  const status = async (who: Credentials): Promise<number> => (await site.call('GET /api/bootstrap', who)).status
  const ended = async (how: string, end: (who: Credentials) => Promise<unknown>): Promise<void> => {
    const who = await site.session(id)
    assert.equal(await status(who), 200, how)
    await end(who)
    assert.equal(await status(who), 401, how)
    await site.db.query('delete from sessions')
  }
  await ended('logout', async (who) => await site.call('POST /api/logout', who, {}))
  await ended('idle', async () => await site.db.query(`update sessions set used_at = now() - interval '13 hours'`))
  await ended('age', async () => await site.db.query(`update sessions set expires_at = now()`))
  await ended('password', async () => {
    const other = await site.session(id)
    const changed = await site.call('POST /api/me/password', other, { current: PASSWORD, password: 'another horse entirely' })
    assert.equal(changed.status, 200)
    assert.equal(await status(other), 200, 'the own session stays')
  })
  await ended('disabled', async () => await site.db.query('update users set enabled = false'))
})

test('a password link works once and ends the sessions before it', async () => {
  await using site = await apiSite()
  const id = await site.user('operator', null)
  const before = await site.session(id)
  const token = await createSetupToken(site.db, { purpose: 'password', userId: id, hours: 1 })
  sessionOf(await site.call('POST /api/password-link', {}, { token, password: PASSWORD }))
  assert.equal((await site.call('GET /api/bootstrap', before)).status, 401)
  assert.equal((await site.call('POST /api/password-link', {}, { token, password: PASSWORD })).status, 404)
})

test('answers of the API are kept by nobody; pages allow no foreign and no inline script', async () => {
  const pages = mkdtempSync(join(tmpdir(), 'synctide-pages-'))
  mkdirSync(join(pages, 'assets'))
  writeFileSync(join(pages, 'index.html'), '<!doctype html><meta name="n" content="__STYLE_NONCE__"><title>first</title>')
  writeFileSync(join(pages, 'assets', 'app-1a2b3c.js'), '0')
  try {
    await using site = await apiSite({ pages, production: true })
    const health = await site.call('GET /api/health', {})
    assert.equal(health.headers.get('cache-control'), 'no-store')
    assert.equal(health.headers.get('x-content-type-options'), 'nosniff')
    for (const path of ['/', '/alarms', '/devices/7']) {
      const page = await site.call(`GET ${path}`, {})
      assert.match(String(page.body['text']), /first/)
      const policy = page.headers.get('content-security-policy') ?? ''
      assert.match(policy, /default-src 'none'/)
      assert.match(policy, /script-src 'self';/)
      assert.match(policy, /frame-ancestors 'none'/)
      assert.equal(page.headers.get('cache-control'), 'no-cache')
    }
    assert.match((await site.call('GET /assets/app-1a2b3c.js', {})).headers.get('cache-control') ?? '', /immutable/)
    for (const path of ['/assets/gone.js', '/api/nothing', '/api/docs', '/api/docs/openapi.json', '/..%2fpackage.json'])
      assert.equal((await site.call(`GET ${path}`, {})).status, 404, path)
  } finally {
    rmSync(pages, { recursive: true })
  }
})

test('health without a single process known is not well; without a session it tells all the same', async () => {
  await using site = await apiSite()
  const unknown = { cookie: 'synctide_session=gone' }
  const { status, body } = await site.call('GET /api/health', unknown)
  assert.deepEqual([status, body['ok'], body['database'], body['newestDeliveryAgeSeconds']], [200, false, 'up', null])
  mkdirSync(join(site.dataFolder, 'run'), { recursive: true })
  const one = { name: 'api', state: 'running', restarts: 0, lastBeat: Date.now() }
  for (const [state, ok] of [
    ['running', true],
    ['backoff', false],
  ] as const) {
    writeFileSync(join(site.dataFolder, 'run', 'status.json'), JSON.stringify({ processes: [{ ...one, state }] }))
    assert.equal((await site.call('GET /api/health', {})).body['ok'], ok, state)
  }
})

test('outside production the documentation names every route', async () => {
  await using site = await apiSite()
  const { body } = await site.call('GET /api/docs/openapi.json', {})
  assert.ok(Object.keys(body['paths'] as object).includes('/api/alarms/{id}'))
  assert.match(String((await site.call('GET /api/docs', {})).body['text']), /POST \/api\/alarms\/acknowledge/)
})
