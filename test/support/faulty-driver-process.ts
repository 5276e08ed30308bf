// A driver process of its own for tests: its devices behave as their connection says.
import { setTimeout as pause } from 'node:timers/promises'
import { QualityFlag } from '#domain/sample.ts'
import type { DevicePlan, SessionContext } from '#drivers/driver.ts'
import { runProcess } from '#host/process.ts'
import { runDriver } from '#ingest/runtime.ts'
import { openDatabase } from '#store/database.ts'
import { FakeDriver, sampleOf } from './fake-driver.ts'

/** Reads items 1, 2, 3 … on from where it remembers, a few a turn, and goes on with the next when they are safe. */
async function count(plan: DevicePlan, context: SessionContext): Promise<void> {
  while (!context.signal.aborted) {
    const next = Number(context.recall('next') ?? 1)
    const items = [next, next + 1, next + 2]
    context.emit(items.map((item) => sampleOf(plan, 0, item, context.clock.now(), QualityFlag.Historical)))
    context.remember('next', next + items.length)
    if (next % 2 === 0) await context.accepted()
    else await pause(5)
  }
}

await runProcess('driver-fake', async ({ name, databaseUrl, dataFolder, log, clock, signal, lastEnd }) => {
  const driver = new FakeDriver()
  driver.onConnect = (plan, context) => {
    const behaviour = plan.device.connection['behaviour']
    if (behaviour === 'crash') setTimeout(() => void JSON.parse('{'), 50)
    if (behaviour === 'count') void count(plan, context)
  }
  driver.poll = async (plan, tick) => {
    if (plan.device.connection['behaviour'] === 'count') return []
    return [sampleOf(plan, 0, Math.floor(tick / 1000), tick)]
  }
  const db = openDatabase(databaseUrl, { name, max: 4 })
  try {
    await runDriver({ driver, source: name, db, dataFolder, log, clock, signal, lastEnd })
  } finally {
    await db.close()
  }
})
