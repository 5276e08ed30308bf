import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { DriverError } from '#base/errors.ts'
import type { Driver } from '#drivers/driver.ts'
import { createDriver } from '#drivers/opcua/driver.ts'
import { opcuaPlan } from '../support/opcua-device.ts'
import { PLANT, TestServer } from '../support/opcua-server.ts'
import { recordedContext, type RecordedContext } from '../support/session-context.ts'
import { TcpProxy } from '../support/tcp-proxy.ts'

const folder = mkdtempSync(join(tmpdir(), 'synctide-opcua-security-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const POLICIES = ['Basic256Sha256', 'Aes128_Sha256_RsaOaep', 'Aes256_Sha256_RsaPss'] as const
const FLOW = [[`nsu=${PLANT};s=Flow`]] as const

interface User {
  readonly userCertificate: string
  readonly userPrivateKey: string
}

/** By openssl, as an administrator would make one. */
async function makeUser(name: string): Promise<User> {
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`]
  // the library of the server leaves an OPENSSL_CONF of its own
  const env = { PATH: process.env['PATH'] }
  await promisify(execFile)('openssl', [...args, '-keyout', `${name}.key`, '-out', `${name}.crt`], { cwd: folder, env })
  const text = (file: string): string => readFileSync(join(folder, file), 'utf8')
  return { userCertificate: text(`${name}.crt`), userPrivateKey: text(`${name}.key`) }
}

/** Both sides are told to trust each other's program, by the ways that people have. */
async function introduce(driver: Driver<never, never, never>, server: TestServer, context: RecordedContext): Promise<void> {
  const plan = opcuaPlan({ endpointUrl: server.endpointUrl, securityPolicy: 'Basic256Sha256' }, []) as never
  const act = async (name: string, body: unknown = {}): Promise<unknown> => await driver.actions?.[name]?.run(plan, body, context)
  const { endpoints } = (await act('list_endpoints')) as { endpoints: { certificate: { thumbprint: string } | null }[] }
  await act('trust_certificate', { thumbprint: endpoints.find(({ certificate }) => certificate !== null)?.certificate?.thumbprint })
  const { der } = (await act('own_certificate')) as { der: string }
  await server.certificates.trustCertificate(Buffer.from(der, 'base64'))
}

test('every policy and mode carries values, and a user is known by certificate', { timeout: 120_000 }, async () => {
  await using server = await TestServer.start({ secure: true, policies: POLICIES, user: { name: 'op', password: 'right' } })
  const driver = createDriver()
  const context = recordedContext({ folder })
  await introduce(driver as never, server, context)
  const known = await makeUser('known')
  await server.certificates.trustCertificate(new X509Certificate(known.userCertificate).raw)
  const valueOver = async (settings: Readonly<Record<string, unknown>>): Promise<unknown> => {
    const one = recordedContext({ folder })
    await using _session = await driver.connect(opcuaPlan({ endpointUrl: server.endpointUrl, ...settings }, FLOW), one)
    await one.until(() => one.emitted.length > 0, 'a value')
    return one.emitted[0]?.value
  }
  for (const securityPolicy of POLICIES) {
    for (const securityMode of ['Sign', 'SignAndEncrypt']) {
      const byName = { identity: 'userName', userName: 'op', password: 'right' }
      assert.equal(await valueOver({ securityPolicy, securityMode, ...byName }), 12.5, `${securityPolicy} ${securityMode} by name`)
      const byCertificate = { identity: 'certificate', ...known }
      assert.equal(
        await valueOver({ securityPolicy, securityMode, ...byCertificate }),
        12.5,
        `${securityPolicy} ${securityMode} by certificate`,
      )
    }
  }

  const refused = async (user: User): Promise<void> => {
    const plan = opcuaPlan({ endpointUrl: server.endpointUrl, securityPolicy: 'Basic256Sha256', identity: 'certificate', ...user }, FLOW)
    await assert.rejects(
      async () => await driver.connect(plan, context),
      (error) =>
        error instanceof DriverError && error.fault === 'auth' && !error.retriable && /certificate of this user/.test(error.remedy ?? ''),
    )
    const report = await driver.probe(plan, context, () => undefined)
    assert.deepEqual([report.ok, report.steps.at(-1)?.name], [false, 'session'])
    assert.doesNotMatch(JSON.stringify(report), /PRIVATE KEY/)
  }
  const stranger = await makeUser('stranger')
  await refused(stranger)
  // the certificate of somebody who is known, without the key
  await refused({ userCertificate: known.userCertificate, userPrivateKey: stranger.userPrivateKey })
  assert.equal(server.sessions, 0)
})

test('a process after one that was killed goes on with its encrypted session, user and subscription, again and again', async () => {
  await using server = await TestServer.start({ secure: true, user: { name: 'op', password: 'right' } })
  await using cable = await TcpProxy.start(server.port)
  const learned = new Map<string, unknown>()
  await introduce(createDriver() as never, server, recordedContext({ folder }))
  const byName = { identity: 'userName', userName: 'op', password: 'right' }
  const plan = opcuaPlan({ endpointUrl: `opc.tcp://127.0.0.1:${cable.port}`, securityPolicy: 'Basic256Sha256', ...byName }, FLOW)
  for (let round = 0; round < 4; round++) {
    const context = recordedContext({ folder, learned })
    // of a process before it a driver knows what is on disk
    const session = await createDriver().connect(plan, context)
    server.set('Flow', 100 + round)
    await context.until(() => context.emitted.at(-1)?.value === 100 + round, 'a change')
    assert.equal(context.counts.get('resumptions') ?? 0, round === 0 ? 0 : 1)
    assert.equal(server.sessions, 1)
    // it is never told to say goodbye
    cable.cut()
    await session.closed
  }
})

test('stopped on purpose and started again: the session is closed meanwhile, and no change is lost', async () => {
  await using server = await TestServer.start({ secure: true, exact: true })
  const learned = new Map<string, unknown>()
  await introduce(createDriver() as never, server, recordedContext({ folder }))
  const tags = [...FLOW, [`nsu=${PLANT};s=Text`]] as const
  const connection = { endpointUrl: server.endpointUrl, securityPolicy: 'Basic256Sha256', samplingInterval: 0 }
  const heard: unknown[] = []
  const run = async (wanted: typeof tags | typeof FLOW, last: number): Promise<RecordedContext> => {
    const stop = new AbortController()
    const context = recordedContext({ folder, learned, signal: stop.signal })
    const session = await createDriver().connect(opcuaPlan(connection, wanted), context)
    await context.until(() => context.emitted.some(({ value }) => value === last), 'the newest value')
    stop.abort()
    await session[Symbol.asyncDispose]()
    for (const { tagId, value } of context.emitted) if (tagId === 1) heard.push(value)
    assert.equal(server.sessions, 0)
    return context
  }
  await run(tags, 12.5)
  for (let round = 1; round <= 3; round++) {
    for (let change = 1; change <= 20; change++) {
      server.set('Flow', round * 100 + change)
      // the server looks once a millisecond
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    const context = await run(tags, round * 100 + 20)
    assert.deepEqual([context.counts.get('resumptions'), context.counts.get('rebuilds')], [1, undefined])
    for (let change = 1; change <= 20; change++) assert.ok(heard.includes(round * 100 + change), `${round * 100 + change}`)
  }
  // with other tags the old subscription is of no use, and does not stay behind
  await run(FLOW, 320)
  assert.equal(server.server.engine.currentSubscriptionCount, 1)
})
