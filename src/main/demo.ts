import { ConfigError, asError } from '#base/errors.ts'
import type { Logger } from '#host/log.ts'
import { aborted, runProcess } from '#host/process.ts'
import { demoPorts, installDemo } from '#plant/demo.ts'
import { type Database, openDatabase } from '#store/database.ts'
import { claimRequest, failRequest, finishRequest } from '#store/requests.ts'
import { readSettings } from '#store/settings.ts'
import { demoDevices } from '../../simulator/demo-plant.ts'
import { PLANT_FAULTS, Plant, type PlantFault } from '../../simulator/plant.ts'

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
    await using answering = answerFaults(db, plant, log)
    const removed = new AbortController()
    await using _ = db.listen('config', () => {
      readSettings(db).then(
        (settings) => (settings.demo === 'removed' ? removed.abort() : undefined),
        // the database is away: the next notification, or the one after reconnecting, asks again
        () => undefined,
      )
    })
    await aborted(AbortSignal.any([signal, removed.signal]))
    await answering[Symbol.asyncDispose]()
    if (removed.signal.aborted) log.info('demo.removed')
  } finally {
    await db.close()
  }
  await aborted(signal)
})

/** Breaks and heals devices when the command line asks: `synctide demo fault`. */
function answerFaults(db: Database, plant: Plant, log: Logger): AsyncDisposable {
  const answer = async (): Promise<void> => {
    for (;;) {
      const request = await claimRequest(db, 'demo', `demo ${process.pid}`)
      if (request === undefined) return
      const { device, fault, seconds } = request.body
      try {
        await plant.inject(String(device), faultOf(fault), Number(seconds))
        log.info('demo.fault', { device, fault, seconds })
        await finishRequest(db, request.id, {})
      } catch (error) {
        await failRequest(db, request.id, asError(error).message)
      }
    }
  }
  return db.listen('requests', (target) => {
    if (target === '' || target === 'demo')
      answer().catch((error: unknown) => log.debug('demo.requests_not_read', { error: asError(error) }))
  })
}

/** @throws ConfigError naming the faults that there are */
function faultOf(word: unknown): PlantFault | null {
  if (word === 'none') return null
  const fault = PLANT_FAULTS.find((one) => one === word)
  if (fault === undefined)
    throw new ConfigError('fault', `There is no fault ${String(word)}; there are ${PLANT_FAULTS.join(', ')} and none.`)
  return fault
}
