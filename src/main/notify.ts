import { runProcess } from '#host/process.ts'
import { openKey } from '#host/secrets.ts'
import { runNotify } from '#notify/engine.ts'
import { openDatabase } from '#store/database.ts'
import { startBeating } from '#store/processes.ts'

await runProcess('notify', async ({ name, dataFolder, databaseUrl, log, clock, signal }) => {
  const db = openDatabase(databaseUrl, { name, max: 12 })
  try {
    await using _ = startBeating(db, name, clock.now())
    await runNotify({ db, log, clock, signal, key: openKey(dataFolder) })
  } finally {
    await db.close()
  }
})
