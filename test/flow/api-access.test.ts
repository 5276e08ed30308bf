import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { contract } from '#api/contract/contract.ts'
import type { Endpoint } from '#api/contract/endpoint.ts'
import { handlers } from '#api/routes/all.ts'
import { ROLES, type Role } from '#domain/user.ts'
import { type ApiSite, type Credentials, apiSite } from '../support/api-site.ts'

/** Somebody at the door, and what the contract lets them do. */
interface Visitor {
  readonly name: string
  /** null: nobody. */
  readonly role: Role | null
  readonly confined: boolean
  readonly csrf: boolean
  /** Anew for each call, since one of the routes ends it. */
  readonly credentials: () => Promise<Credentials>
}

let site: ApiSite
const visitors: Visitor[] = []

before(async () => {
  site = await apiSite()
  visitors.push({ name: 'nobody', role: null, confined: false, csrf: true, credentials: async () => ({}) })
  const unknown = { cookie: 'synctide_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'x-csrf-token': 'x' }
  visitors.push({ name: 'an unknown session', role: null, confined: false, csrf: true, credentials: async () => unknown })
  for (const role of ROLES) {
    const everywhere = await site.user(role)
    const confined = await site.user(role, [site.a.deviceId])
    const one = { role, confined: false, csrf: true }
    visitors.push({ ...one, name: role, credentials: async () => await site.session(everywhere) })
    visitors.push({ ...one, name: `${role} of A`, confined: true, credentials: async () => await site.session(confined) })
    const withoutCsrf = async (): Promise<Credentials> => ({ cookie: (await site.session(everywhere))['cookie'] ?? '' })
    visitors.push({ ...one, name: `${role} without CSRF`, csrf: false, credentials: withoutCsrf })
    const wrongCsrf = async (): Promise<Credentials> => ({ ...(await site.session(everywhere)), 'x-csrf-token': 'wrong' })
    visitors.push({ ...one, name: `${role} with a wrong CSRF`, csrf: false, credentials: wrongCsrf })
    const administrator = await site.user('administrator')
    visitors.push({ ...one, name: `bearer ${role}`, credentials: async () => await site.bearer(administrator, role) })
  }
})
after(async () => await site[Symbol.asyncDispose]())

/** Written apart from the server's own decision, from the sentence in the contract. */
function expected(method: string, { access, wholeSite }: Endpoint, who: Visitor): number | 'let in' {
  if (access === 'public') return 'let in'
  if (who.role === null) return 401
  if (method !== 'GET' && !who.csrf) return 403
  const allowed: Record<string, readonly Role[]> = {
    session: ['viewer', 'operator', 'engineer', 'administrator'],
    viewer: ['viewer', 'operator', 'engineer', 'administrator'],
    operator: ['operator', 'engineer', 'administrator'],
    engineer: ['engineer', 'administrator'],
    administrator: ['administrator'],
  }
  if (allowed[access]?.includes(who.role) !== true) return 403
  return wholeSite === true && who.confined ? 403 : 'let in'
}

test('every contract entry has a handler', () => {
  assert.deepEqual(Object.keys(handlers).toSorted(), Object.keys(contract).toSorted())
})

test('every route lets in whom the contract names and nobody else', async (t) => {
  for (const [key, endpoint] of Object.entries<Endpoint>(contract)) {
    await t.test(key, async () => {
      const method = key.split(' ')[0] ?? ''
      // what nothing has, so that those let in change nothing
      const path = key.replace(/:id\b/, '999999').replace(':channel', 'pigeon').replace(':name', 'nothing').replace(':token', 'unknown')
      for (const who of visitors) {
        const reply = await site.call(path, await who.credentials(), method === 'GET' || method === 'DELETE' ? undefined : {})
        const verdict = reply.status === 401 || reply.status === 403 ? reply.status : 'let in'
        const told = `${key} as ${who.name}: ${reply.status} ${JSON.stringify(reply.body).slice(0, 200)}`
        assert.equal(verdict, expected(method, endpoint, who), told)
        assert.ok(reply.status < 500, told)
        if (reply.status >= 400) {
          assert.equal(typeof reply.body['code'], 'string', told)
          assert.equal(typeof reply.body['message'], 'string', told)
          assert.equal(typeof reply.body['field'], 'string', told)
          assert.ok('remedy' in reply.body, told)
        }
      }
    })
  }
})

test('an unknown, foreign or revoked token is no one', async () => {
  const administrator = await site.user('administrator')
  const bearer = await site.bearer(administrator, 'administrator')
  assert.equal((await site.call('GET /api/users', bearer)).status, 200)
  await site.db.query('delete from api_tokens where user_id = $1', [administrator])
  for (const authorization of [bearer['authorization'] ?? '', 'Bearer tide_x', 'Basic YTpi', 'Bearer'])
    assert.equal((await site.call('GET /api/users', { authorization })).status, 401, authorization)
})

test('a token has no more rights than who made it', async () => {
  const operator = await site.user('operator')
  const bearer = await site.bearer(operator, 'administrator')
  assert.equal((await site.call('GET /api/users', bearer)).status, 403)
  await site.db.query('update users set enabled = false where id = $1', [operator])
  assert.equal((await site.call('GET /api/rules', bearer)).status, 401)
})

test('a change asked for by a page of another site is refused, even with a right cookie and token', async () => {
  const session = await site.session(await site.user('administrator'))
  const body = { name: 'n', role: 'viewer', days: 1 }
  for (const foreign of [
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: `http://127.0.0.1:${site.port + 1}` },
    { 'sec-fetch-site': 'cross-site' },
  ])
    assert.equal((await site.call('POST /api/tokens', { ...session, ...foreign }, body)).status, 403, JSON.stringify(foreign))
  const own = { ...session, origin: `http://127.0.0.1:${site.port}`, 'sec-fetch-site': 'same-origin' }
  assert.equal((await site.call('POST /api/tokens', own, body)).status, 200)
  const login = { login: 'a', password: 'b' }
  assert.equal((await site.call('POST /api/login', { origin: 'http://evil.example' }, login)).status, 403)
})

test('changes stand in the audit without secrets; what was refused does not', async () => {
  const administrator = await site.user('administrator')
  const session = await site.session(administrator)
  const viewer = await site.session(await site.user('viewer'))
  const password = 'correct horse battery'
  const body = { login: 'rita', displayName: 'Rita', role: 'viewer', password }
  assert.equal((await site.call('POST /api/users', viewer, { ...body, login: 'intruder' })).status, 403)
  assert.equal((await site.call('POST /api/users', session, body)).status, 200)
  const { body: audit } = await site.call('GET /api/audit?limit=1000', session)
  const text = JSON.stringify(audit)
  assert.ok(text.includes('user rita'))
  assert.ok(text.includes(`administrator-`))
  assert.equal(text.includes(password), false)
  assert.equal(text.includes('intruder'), false)
})
