import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createDriver } from '#drivers/iec104/driver.ts'
import { iec104Plan } from './test/support/iec104-device.ts'
import { recordedContext } from './test/support/session-context.ts'
const n = Number(process.argv[2] ?? 50000),
  per = Number(process.argv[3] ?? 15)
const port = 24777
const srv = spawn('/tmp/iec/srv', [String(port), String(n), String(per)], { stdio: ['ignore', 'pipe', 'inherit'] })
try {
  await once(srv.stdout, 'data')
  const d = createDriver()
  const addrs = [
    ...Array.from({ length: 100 }, (_, i) => `1/${1000 + i}`),
    ...Array.from({ length: 10 }, (_, i) => `1/${100 + i}`),
    ...Array.from({ length: 10 }, (_, i) => `1/${2000 + i}`),
  ]
  const plan = iec104Plan({ port }, addrs)
  const c = recordedContext()
  const c2 = Object.assign(c, { frame: () => undefined })
  const started = performance.now()
  const s = await d.connect(plan, c2)
  await c.until(() => c.emitted.filter.length >= 0 && c.emitted.length >= n + 20, 'all', 60000)
  const ms = performance.now() - started
  console.log(
    n,
    'events',
    ms.toFixed(0),
    'ms',
    ((n / ms) * 1000).toFixed(0),
    'objects/s',
    (process.memoryUsage().rss / 1e6) | 0,
    'MB',
    (process.cpuUsage().user / 1000) | 0,
    'ms cpu',
  )
  console.log(s.facts?.())
  const vals = new Set(c.emitted.filter((x) => x.tagId <= 100).map((x) => x.value))
  console.log('distinct', vals.size, 'hist', c.emitted.filter((x) => x.quality & 128).length, c.emitted.slice(0, 2), c.emitted.at(-1))
  await s[Symbol.asyncDispose]()
} finally {
  srv.kill('SIGTERM')
  await once(srv, 'exit')
}
