import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../support/alarm-plant.ts'
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

test('notifications: shown once asked for, to somebody who looks elsewhere; a click leads to the alarm; gone when somebody took notice', async () => {
  let asked = 0
  await using server = await fakeServer((call, query) => {
    if (call === 'GET /api/alarms' && query.get('is') === 'unacknowledged') asked += 1
    return null
  })
  await using browser = await launchChromium()
  await using context = await contextOf(browser)
  await context.grantPermissions(['notifications'], { origin: server.url })
  // a page that is driven believes that it is looked at
  await context.addInitScript('Document.prototype.hasFocus = () => false')
  const { page, complaints } = await openPage(context, `${server.url}/alarms`)
  const shown = async (): Promise<string[]> =>
    await page.evaluate<string[]>(`(async () => {
      const worker = await navigator.serviceWorker.getRegistration()
      return (await worker?.getNotifications() ?? []).map((one) => [one.tag, one.title, one.body].join('|'))
    })()`)
  const box = page.getByLabel('Notifications in this browser')
  await box.click()
  await until(async () => (await shown()).join() === 'synctide|New alarms are shown here.|', 'the first one proves that they are shown')
  await until(() => asked > 0, 'the alarms that were there before are known')
  const [first] = server.data.alarms
  assert.ok(first)
  server.data.alarms.push({ ...first, id: 77, displayNumber: 177, name: 'New one' })
  server.send({ type: 'alarms', ids: [77], counts: server.data.counts })
  await until(async () => (await shown()).includes('alarm-77|Critical: New one|RS-01 · Level'), 'the new alarm is shown')
  assert.equal((await shown()).filter((one) => one.startsWith('alarm-')).length, 1, 'not those that were there before')

  const [worker] = context.serviceWorkers()
  await worker?.evaluate(`(async () => {
    const [notification] = await registration.getNotifications({ tag: 'alarm-77' })
    dispatchEvent(new NotificationEvent('notificationclick', { notification }))
  })()`)
  await page.waitForURL(`${server.url}/alarms/77`)

  server.data.alarms.push({ ...first, id: 78, displayNumber: 178, name: 'Another one' })
  server.send({ type: 'alarms', ids: [78], counts: server.data.counts })
  await until(async () => (await shown()).some((one) => one.startsWith('alarm-78')), 'the next one is shown')
  server.data.alarms = server.data.alarms.map((one) => ({ ...one, acknowledgedAt: 1, acknowledgedBy: 'Platform: Rui' }))
  server.send({ type: 'alarms', ids: [78], counts: server.data.counts })
  await until(async () => !(await shown()).some((one) => one.startsWith('alarm-')), 'it goes when somebody took notice')
  assert.deepEqual(complaints, [])
})

test('a browser that refuses notifications says so, and so does a page that came without HTTPS', async () => {
  await using server = await fakeServer()
  await using browser = await launchChromium()
  await using context = await contextOf(browser)
  await context.addInitScript(`Notification.requestPermission = async () => 'denied'`)
  const { page } = await openPage(context, `${server.url}/alarms`)
  await page.getByLabel('Notifications in this browser').click()
  await page.getByText('The browser refuses notifications of this site').waitFor()
  await using plain = await contextOf(browser)
  await plain.addInitScript(`Object.defineProperty(window, 'isSecureContext', { value: false })`)
  const { page: insecure } = await openPage(plain, `${server.url}/alarms`)
  await insecure.getByText('Notifications need HTTPS').waitFor()
  assert.ok(await insecure.getByLabel('Notifications in this browser').isDisabled())
})
