import { contextOf, launchChromium, openPage } from '../test/browser/chromium.ts'
import { fakeServer } from '../test/browser/fake-server.ts'
import { machine } from './machine.ts'

/**
 * The trend explorer on a phone: how long from the answer with 100,000 raw samples of a tag, or a year of eight tags in buckets, to the drawn
 * chart, and how long a move of the cursor keeps the page busy. Chromium draws by software, its processor slowed down four times.
 */

const SLOWER = 4
const MOVES = 60

const server = await fakeServer((call, query) => {
  if (call !== 'GET /api/trend') return null
  const [from, to] = [Number(query.get('from')), Number(query.get('to'))]
  const raw = query.get('bucket') === 'raw'
  const count = raw ? 100_000 : 1000
  const times = Array.from({ length: count }, (_, index) => from + ((to - from) * index) / count)
  const values = times.map((_, index) => 50 + 20 * Math.sin(index / 300) + Math.random())
  const series = (query.get('tags') ?? '').split(',').map((id) => ({
    tagId: Number(id),
    times,
    values,
    truncated: false,
    qualities: raw ? times.map(() => 0) : [],
    minimum: raw ? [] : values.map((value) => value - 1),
    maximum: raw ? [] : values.map((value) => value + 1),
  }))
  return { body: { bucket: raw ? null : { count: 6, unit: 'hour' }, series } }
})
const browser = await launchChromium()
await using context = await contextOf(browser, { phone: true })
console.log(`${machine()}, Chromium ${browser.version()}, processor slowed ${SLOWER} times\n`)
console.log('case                              drawn ms   cursor p50   p95 ms')
for (const [name, search] of [
  ['1 tag, 100,000 samples', 'tags=[1]&bucket=raw&span=24h'],
  ['8 tags, a year in buckets', 'tags=[1,2,3,4,5,6,7,8]&span=1y'],
] as const) {
  const { page } = await openPage(context, `${server.url}/trends`)
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
  const answered = new Promise<number>((resolve) => {
    page.on('response', (response) => {
      if (response.url().includes('/api/trend?'))
        void response.finished().then(
          () => resolve(performance.now()),
          () => undefined,
        )
    })
  })
  await page.goto(`${server.url}/trends?${search}`)
  // the table below has its lines when the chart is drawn
  await page.locator('.pen-mark').first().waitFor()
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
  const drawn = performance.now() - (await answered)
  const box = await page.locator('.u-over').boundingBox()
  const times: number[] = []
  for (let move = 0; move < MOVES; move += 1) {
    const began = performance.now()
    await page.mouse.move((box?.x ?? 0) + 5 + ((box?.width ?? 0) - 10) * (move / MOVES), (box?.y ?? 0) + 60)
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))')
    times.push(performance.now() - began)
  }
  times.sort((a, b) => a - b)
  const at = (share: number): string => (times[Math.floor(times.length * share)] ?? 0).toFixed(0)
  console.log(`${name.padEnd(30)} ${drawn.toFixed(0).padStart(10)} ${at(0.5).padStart(12)} ${at(0.95).padStart(8)}`)
  await page.close()
}
await browser.close()
await server[Symbol.asyncDispose]()
