import { ConfigError } from '#base/errors.ts'
import { driverProcess } from '#domain/device.ts'
import { loadDriver } from '#drivers/catalogue.ts'
import { runProcess } from '#host/process.ts'
import { openDatabase } from '#store/database.ts'
import { runDriver } from './runtime.ts'

/** The whole of a driver process. */
export async function runDriverProcess(protocol: string): Promise<void> {
  await runProcess(driverProcess(protocol), async ({ name, databaseUrl, dataFolder, log, clock, signal, lastEnd }) => {
    const driver = await loadDriver(protocol)
    if (driver === undefined) throw new ConfigError('protocol', `There is no driver for ${protocol}.`)
    const db = openDatabase(databaseUrl, { name, max: 4 })
    try {
      await runDriver({ driver, source: name, db, dataFolder, log, clock, signal, lastEnd })
    } finally {
      await db.close()
    }
  })
}
