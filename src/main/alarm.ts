import { runAlarmEngine } from '#alarm/run-engine.ts'
import { runProcess } from '#host/process.ts'
import { openDatabase } from '#store/database.ts'
import { startBeating } from '#store/processes.ts'

await runProcess('alarm', async ({ name, databaseUrl, log, clock, signal }) => {
  const db = openDatabase(databaseUrl, { name, max: 3 })
  try {
    await using _ = startBeating(db, name, clock.now())
    await runAlarmEngine({ db, log, clock, signal })
  } finally {
    await db.close()
  }
})
