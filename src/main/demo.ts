import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ConfigError, asError } from '#base/errors.ts'
import { pickFreePort } from '#host/free-port.ts'
import type { Logger } from '#host/log.ts'
import { aborted, runProcess } from '#host/process.ts'
import { DEMO_BROKER, demoBrokerPort, demoConnections, installDemo } from '#plant/demo.ts'
import { forgetDemoCurve, judgeDemo } from '#plant/demo-judgement.ts'
import { type Database, openDatabase } from '#store/database.ts'
import { claimRequest, failRequest, finishRequest } from '#store/requests.ts'
import { readSettings } from '#store/settings.ts'
import { demoBroker, demoDevices } from '../../simulator/demo-plant.ts'
import { DEMO_CURVE, DEMO_JUDGEMENT } from '../../simulator/demo-judgement.ts'
import { removeDemoFiles } from '../../simulator/laboratory.ts'
import { PLANT_FAULTS, type PlantFault } from '../../simulator/outstation.ts'
import { Plant } from '../../simulator/plant.ts'

await runProcess('demo', async ({ databaseUrl, dataFolder, log, signal }) => {
  const rawData = join(dataFolder, 'raw_data')
  const db = openDatabase(databaseUrl, { name: 'demo', max: 2 })
  try {
    const { site, demo } = await readSettings(db)
    if (demo === 'removed') {
      await clearFiles(rawData, log, signal)
      return await aborted(signal)
    }
    const hour = (): number => {
      const { hour, minute } = Temporal.Now.plainTimeISO(site.timeZone)
      return hour + minute / 60
    }
    let port = (await demoBrokerPort(db)) ?? (await pickFreePort())
    const broker = { code: DEMO_BROKER, url: () => `mqtt://127.0.0.1:${port}` }
    const removed = new AbortController()
    {
      await using plant = await Plant.start({ known: await demoConnections(db), broker, rawData, hour, mishaps: true })
      await installDemo(db, { devices: demoDevices(plant.connections), broker: demoBroker(DEMO_BROKER, port) })
      if (demo === 'none') await judgeDemo(db, DEMO_JUDGEMENT)
      log.info('demo.running', { connections: plant.connections })
      await using _answering = answerFaults(db, plant, log)
      const follow = async (): Promise<void> => {
        if ((await readSettings(db)).demo === 'removed') removed.abort()
        port = (await demoBrokerPort(db)) ?? port
      }
      // while the database is away: the next notification, or the one after reconnecting, asks again
      await using _ = db.listen('config', () => void follow().catch(() => undefined))
      await aborted(AbortSignal.any([signal, removed.signal]))
    }
    if (removed.signal.aborted) {
      await forgetDemoCurve(db, DEMO_CURVE)
      await clearFiles(rawData, log, signal)
      log.info('demo.removed')
    }
  } finally {
    await db.close()
  }
  await aborted(signal)
})

/** Again until nothing came back: a driver that has not heard of it yet makes its folder once more. */
async function clearFiles(rawData: string, log: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      if (!removeDemoFiles(rawData)) return
    } catch (error) {
      log.debug('demo.files_not_removed', { error: asError(error) })
    }
    await pause(2000, undefined, { signal }).catch(() => undefined)
  }
}

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
