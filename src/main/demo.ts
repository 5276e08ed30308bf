import { aborted, runProcess } from '#host/process.ts'
import { demoPorts, installDemo } from '#plant/demo.ts'
import { openDatabase } from '#store/database.ts'
import { readSettings } from '#store/settings.ts'
import { demoDevices } from '../../simulator/demo-plant.ts'
import { Plant } from '../../simulator/plant.ts'

await runProcess('demo', async ({ databaseUrl, log, signal }) => {
  const db = openDatabase(databaseUrl, { name: 'demo', max: 2 })
  try {
    const { site, demo } = await readSettings(db)
    if (demo === 'removed') return await aborted(signal)
    const hour = (): number => {
      const { hour, minute } = Temporal.Now.plainTimeISO(site.timeZone)
      return hour + minute / 60
    }
    await using plant = await Plant.start({ ports: await demoPorts(db), hour, mishaps: true })
    await installDemo(db, demoDevices(plant.ports))
    log.info('demo.running', { ports: plant.ports })
    const removed = new AbortController()
    await using _ = db.listen('config', () => {
      readSettings(db).then(
        (settings) => (settings.demo === 'removed' ? removed.abort() : undefined),
        // the database is away: the next notification, or the one after reconnecting, asks again
        () => undefined,
      )
    })
    await aborted(AbortSignal.any([signal, removed.signal]))
    if (removed.signal.aborted) log.info('demo.removed')
  } finally {
    await db.close()
  }
  await aborted(signal)
})
