// What pages of a large plant ask of a browser: 300 devices with 10 tags each and one with 1,000, all read once a second.
// node bench/screens.ts [PATH ...] opens each page on this processor and on one four times slower, and prints how long it took to be filled,
// and which share of a core it takes while nobody does anything. The limit beside it: a core that is busy more than half leaves fingers waiting.
import { applyPlant } from '#plant/apply.ts'
import { ModbusServer } from '../simulator/modbus-server.ts'
import { contextOf, launchChromium } from '../test/browser/chromium.ts'
import { realPlant } from '../test/browser/real-plant.ts'

const DEVICES = 300
const BIG = 1000
const IDLE_MILLIS = 5000
const SLOWER = [1, 4]
const LIMIT = 50

const holding = Uint16Array.from({ length: BIG }, (_, index) => index)
const bank = { holding, input: new Uint16Array(1), coils: new Uint8Array(1), discrete: new Uint8Array(1) }
await using plc = await ModbusServer.start({ port: 0, banks: new Map([[1, bank]]) })
await using plant = await realPlant(['driver-modbus', 'alarm', 'api'])
const tagsOf = (count: number): { name: string; address: string }[] =>
  Array.from({ length: count }, (_, index) => ({ name: `Tag ${index}`, address: `HR${index}` }))
const device = (code: string, area: string, count: number) => ({
  code,
  name: `Pump station ${code}`,
  area,
  protocol: 'modbus',
  pollMillis: 1000,
  connection: { host: '127.0.0.1', port: plc.port },
  tags: tagsOf(count),
})
const stations = Array.from({ length: DEVICES }, (_, index) => device(`PS-${index}`, `Area ${index % 12}`, 10))
await applyPlant(plant.database.db, { synctide: 1, devices: [device('BIG', 'Works', BIG), ...stations] })
const turning = setInterval(() => holding.forEach((value, index) => (holding[index] = (value + 1 + (index % 7)) & 0xffff)), 1000)

await using browser = await launchChromium()
await using context = await contextOf(browser, { phone: true })
const login = { login: 'ana', password: 'correct horse battery' }
const setup = { token: plant.setupToken, ...login, displayName: 'Ana', siteName: 'Bench', timeZone: 'Europe/Lisbon', language: 'en' }
const reply = await context.request.post(`${plant.url}/api/setup`, { data: setup })
if (!reply.ok()) throw new Error(await reply.text())
const paths = process.argv.slice(2)
const [{ id } = { id: 0 }] = await plant.database.db.query<{ id: number }>(`select id from devices where code = 'BIG'`)
console.log('page                 slower   filled   busy when idle (limit)')
for (const path of paths.length > 0 ? paths : ['/', '/devices', `/devices/${id}`, `/config/devices/${id}`]) {
  for (const rate of SLOWER) {
    const page = await context.newPage()
    const cdp = await context.newCDPSession(page)
    await cdp.send('Emulation.setCPUThrottlingRate', { rate })
    await cdp.send('Performance.enable')
    const busy = async (): Promise<number> => {
      const { metrics } = await cdp.send('Performance.getMetrics')
      return metrics.find((one) => one.name === 'TaskDuration')?.value ?? 0
    }
    const began = performance.now()
    await page.goto(`${plant.url}${path}`)
    await page.locator('.value[data-state="fresh"], .status[data-status="online"]').first().waitFor()
    const filled = performance.now() - began
    // what is fetched after that is no part of rest
    await page.waitForLoadState('networkidle')
    const before = await busy()
    const from = performance.now()
    await page.waitForTimeout(IDLE_MILLIS)
    const share = ((await busy()) - before) / ((performance.now() - from) / 1000)
    console.log(
      `${path.padEnd(21)}${`${rate} x`.padStart(6)}${`${(filled / 1000).toFixed(1)} s`.padStart(9)}${`${(share * 100).toFixed(0)} %`.padStart(8)} (${LIMIT} %)`,
    )
    await page.close()
  }
}
clearInterval(turning)
