import { runBroker } from '#broker/run-broker.ts'
import { readBootstrapConfig } from '#host/config.ts'
import { runProcess } from '#host/process.ts'
import { openDatabase } from '#store/database.ts'
import { startBeating } from '#store/processes.ts'

await runProcess('broker', async ({ name, databaseUrl, dataFolder, log, clock, signal }) => {
  const db = openDatabase(databaseUrl, { name, max: 2 })
  try {
    await using _ = startBeating(db, name, clock.now())
    await runBroker({ db, dataFolder, mosquitto: readBootstrapConfig(process.env).mosquitto, log, signal })
  } finally {
    await db.close()
  }
})
