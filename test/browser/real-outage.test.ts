import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contextOf, launchChromium, openPage } from './chromium.ts'
import { realPlant } from './real-plant.ts'
import { TcpProxy } from '../support/tcp-proxy.ts'

test('a dead engine and a database that is away are told above every page within seconds, each by its name, and until it is over', async (context) => {
  let cable: TcpProxy | undefined
  await using plant = await realPlant(['alarm', 'api'], async (url) => {
    const place = new URL(url)
    const socket = place.searchParams.get('host')
    cable = await TcpProxy.start(socket === null ? Number(place.port) : `${socket}/.s.PGSQL.${place.port || 5432}`)
    place.searchParams.delete('host')
    place.host = `127.0.0.1:${cable.port}`
    return place.href
  })
  await using _cable = cable
  assert.ok(cable)
  await using browser = await launchChromium()
  await using tab = await contextOf(browser)
  const { page } = await openPage(tab, `${plant.url}/setup?token=${plant.setupToken}`)
  try {
    await page.getByLabel('Name of the site').fill('Riverside Water')
    await page.getByLabel('Your name').fill('Ana Sousa')
    await page.getByLabel('User name').fill('ana')
    await page.getByLabel('New password').fill('correct horse battery')
    await page.getByRole('button', { name: 'Begin' }).click()
    await page.locator('.live-state[data-state="live"]').waitFor()
    const engine = page.getByText('the alarm process does not answer')
    const database = page.getByText('The database has not answered for')
    const over = { state: 'detached' } as const
    await engine.waitFor(over)

    await plant.kill('alarm')
    const died = performance.now()
    await engine.waitFor()
    const after = (performance.now() - died) / 1000
    context.diagnostic(`a dead engine is told after ${after.toFixed(1)} s`)
    assert.ok(after > 3, `told after ${after} s: a moment of silence is none`)
    plant.start('alarm')
    await engine.waitFor(over)

    cable.pull()
    const pulled = performance.now()
    await database.waitFor()
    context.diagnostic(`a database that is away is told after ${((performance.now() - pulled) / 1000).toFixed(1)} s`)
    assert.equal(await engine.count(), 0, 'the cause, not what follows from it')
    assert.equal(await page.getByRole('alert').count(), 1)
    await page.locator('.live-state[data-state="lost"]').waitFor()
    assert.equal(await page.getByRole('alert').getByText('The connection to the server is lost').count(), 0)
    cable.putBack()
    await database.waitFor(over)
    await page.locator('.live-state[data-state="live"]').waitFor()
  } catch (error) {
    context.diagnostic(plant.log())
    throw error
  }
})
