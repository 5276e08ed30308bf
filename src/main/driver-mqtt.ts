import { ConfigError } from '#base/errors.ts'
import { loadDriver } from '#drivers/catalogue.ts'
import { runProcess } from '#host/process.ts'
import { runDriver } from '#ingest/runtime.ts'
import { openDatabase } from '#store/database.ts'

await runProcess('driver-mqtt', async ({ name, databaseUrl, dataFolder, log, clock, signal }) => {
  const driver = await loadDriver('mqtt')
  if (driver === undefined) throw new ConfigError('protocol', 'There is no driver for mqtt.')
  const db = openDatabase(databaseUrl, { name, max: 4 })
  try {
    await runDriver({ driver, source: name, db, dataFolder, log, clock, signal })
  } finally {
    await db.close()
  }
})
