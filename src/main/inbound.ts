import { runProcess } from '#host/process.ts'
import { openKey } from '#host/secrets.ts'
import { runInbound } from '#notify/run-inbound.ts'
import { openDatabase } from '#store/database.ts'
import { startBeating } from '#store/processes.ts'

await runProcess('inbound', async ({ name, dataFolder, databaseUrl, log, clock, signal }) => {
  const db = openDatabase(databaseUrl, { name, max: 4 })
  try {
    await using _ = startBeating(db, name, clock.now())
    await runInbound({ db, log, clock, signal, key: openKey(dataFolder) })
  } finally {
    await db.close()
  }
})
