import { runProcess } from '#host/process.ts'
import { runKeeper } from '#keeper/keeper.ts'
import { openDatabase } from '#store/database.ts'
import { startBeating } from '#store/processes.ts'

await runProcess('keeper', async ({ name, databaseUrl, log, clock, signal }) => {
  const db = openDatabase(databaseUrl, { name, max: 2 })
  try {
    await using _ = startBeating(db, name, clock.now())
    await runKeeper({ db, log, clock, signal })
  } finally {
    await db.close()
  }
})
