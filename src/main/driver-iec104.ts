import { ConfigError } from '#base/errors.ts'
import { loadDriver } from '#drivers/catalogue.ts'
import { runProcess } from '#host/process.ts'
import { runDriver } from '#ingest/runtime.ts'
import { openDatabase } from '#store/database.ts'

await runProcess('driver-iec104', async ({ name, databaseUrl, dataFolder, log, clock, signal }) => {
  const driver = await loadDriver('iec104')
  if (driver === undefined) throw new ConfigError('protocol', 'There is no driver for iec104.')
  const db = openDatabase(databaseUrl, { name, max: 4 })
  try {
    await runDriver({ driver, source: name, db, dataFolder, log, clock, signal })
  } finally {
    await db.close()
  }
})
