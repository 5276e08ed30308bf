import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { DriverError } from '#base/errors.ts'
import { loadDriver } from '#drivers/catalogue.ts'
import type { ProbeReport } from '#drivers/driver.ts'
import { failedOutcome } from '#ingest/poll-outcome.ts'
import { recordedContext } from '../support/session-context.ts'
import { contextOf, launchChromium, openPage } from './chromium.ts'
import { deviceAnswers, fakeDiagnostics } from './fake-devices.ts'
import { fakeServer, type FakeServer } from './fake-server.ts'
import { faultsOf } from './inspect.ts'

const REQUEST = '0b0f3c52-5d0e-4ab0-9d5e-0a7b6f3c1d21'
const LOOKS = {
  pt: {
    locale: 'pt-PT',
    refused: 'recusa a ligação: nada escuta na porta',
    remedy: 'Verifique a porta (normalmente 502), se o Modbus TCP está ligado no equipamento',
    address: '127.0.0.1 é um endereço IP',
    test: 'Testar ligação',
    failed: 'O teste não teve êxito.',
  },
  es: {
    locale: 'es-ES',
    refused: 'rechaza la conexión: nada escucha en el puerto',
    remedy: 'Compruebe el puerto (normalmente 502), que Modbus TCP esté activado en el equipo',
    address: '127.0.0.1 es una dirección IP',
    test: 'Probar conexión',
    failed: 'La prueba no tuvo éxito.',
  },
} as const

/** What the Modbus driver says of a port at which nobody listens. */
async function refusal(): Promise<ProbeReport> {
  const closed = createServer().listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const { port } = closed.address() as AddressInfo
  closed.close()
  await once(closed, 'close')
  const driver = await loadDriver('modbus')
  assert.ok(driver !== undefined)
  const config = driver.parseConfig({ host: '127.0.0.1', port })
  const device = { id: 5, code: 'FM-02', protocol: 'modbus', timeoutMillis: 1000, connection: {} }
  return await driver.probe({ device, config, points: [] } as never, recordedContext(), () => undefined)
}

describe('what drivers say, in the language of the page', () => {
  let server: FakeServer
  let browser: Browser
  before(async () => {
    const report = await refusal()
    const step = report.steps.at(-1)
    assert.ok(step !== undefined && !step.ok && step.remedy !== null)
    const outcome = failedOutcome(new DriverError('refused', step.message, { remedy: step.remedy }))
    assert.ok(outcome.kind === 'failed')
    const answers = await deviceAnswers()
    server = await fakeServer((call, query, body) => {
      if (call === 'POST /api/probe') return { body: { requestId: REQUEST } }
      if (call === `GET /api/requests/${REQUEST}`) return { body: { state: 'done', progress: [], result: report, problem: null } }
      if (call === 'GET /api/devices/5/diagnostics') {
        const lastError = { at: Date.now() * 1000, message: step.message, remedy: step.remedy, code: 'driver_refused' }
        return { body: { ...(fakeDiagnostics(5, 0) as object), lastError } }
      }
      return answers(call, query, body)
    })
    server.data.deviceStates = server.data.deviceStates.map((state) =>
      state.deviceId === 5 ? { ...state, problem: outcome.problem } : state,
    )
    browser = await launchChromium()
  })
  after(async () => {
    await browser.close()
    await server[Symbol.asyncDispose]()
  })

  for (const language of ['pt', 'es'] as const) {
    for (const phone of [true, false]) {
      test(`a device in trouble, its diagnosis and a failed test (${language}, ${phone ? 'phone' : 'desktop'})`, async () => {
        server.data.me = { ...server.data.me, language }
        const { locale, refused, remedy, address, test: button, failed } = LOOKS[language]
        await using context = await contextOf(browser, { phone, locale })
        const { page, complaints } = await openPage(context, `${server.url}/devices/5`)
        const shown = page.locator('.banner', { hasText: refused })
        await shown.waitFor()
        assert.ok((await shown.innerText()).includes(remedy))
        assert.deepEqual(await faultsOf(page, `words-device-${language}`), [])

        await page.goto(`${server.url}/devices/5/diagnostics`)
        await page.locator('.diag-last-error').getByText(remedy).waitFor()
        assert.deepEqual(await faultsOf(page, `words-diagnosis-${language}`), [])

        await page.goto(`${server.url}/config/devices/5`)
        await page.getByRole('button', { name: button }).click()
        await page.getByText(failed).waitFor()
        const steps = page.locator('.steps')
        await steps.getByText(address).waitFor()
        await steps.getByText(remedy).waitFor()
        assert.doesNotMatch(await steps.innerText(), /refuses|Check the/)
        await steps.scrollIntoViewIfNeeded()
        assert.deepEqual(await faultsOf(page, `words-probe-${language}`), [])
        assert.deepEqual(complaints, [])
      })
    }
  }
})
