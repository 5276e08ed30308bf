import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contextOf, launchChromium, openPage } from './chromium.ts'
import { fakeServer } from './fake-server.ts'

test('sound: asked for on the console, said when the browser blocks it, mute until the next, silent when acknowledged', async () => {
  await using server = await fakeServer()
  await using browser = await launchChromium()
  await using context = await contextOf(browser)
  const { page, complaints } = await openPage(context, `${server.url}/alarms`)
  const mute = page.getByRole('button', { name: 'Mute' })
  await page.getByLabel('Sound in this browser').waitFor()
  assert.equal(await mute.count(), 0, 'nobody asked for it')
  await page.getByLabel('Sound in this browser').check()
  await mute.click()
  await mute.waitFor({ state: 'detached' })
  const [first] = server.data.alarms
  assert.ok(first)
  server.data.alarms.push({ ...first, id: 77, displayNumber: 177, name: 'New one' })
  server.send({ type: 'alarms', ids: [77], counts: server.data.counts })
  await mute.waitFor()
  server.data.alarms = server.data.alarms.map((one) => ({ ...one, acknowledgedAt: 1, acknowledgedBy: 'Platform: Rui' }))
  server.send({ type: 'alarms', ids: [77], counts: server.data.counts })
  await mute.waitFor({ state: 'detached' })

  server.data.alarms.push({ ...first, id: 78, displayNumber: 178, name: 'After a reload' })
  // as a browser that keeps every page silent until somebody clicks on it
  await context.addInitScript(`
    let clicked = false
    addEventListener('click', () => { clicked = true }, true)
    window.AudioContext = class extends AudioContext { get state() { return clicked ? super.state : 'suspended' } }
  `)
  const { page: later } = await openPage(context, `${server.url}/devices`)
  await later.getByRole('button', { name: 'Sound is blocked: click here' }).click()
  await later.getByRole('button', { name: 'Mute' }).waitFor()
  assert.deepEqual(complaints, [])
})
