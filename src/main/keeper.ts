import { readBootstrapConfig } from '#host/config.ts'
import { runProcess } from '#host/process.ts'
import { programVersion } from '#host/program-version.ts'
import { runKeeper } from '#keeper/keeper.ts'
import { openDatabase } from '#store/database.ts'
import { startBeating } from '#store/processes.ts'

await runProcess('keeper', async ({ name, dataFolder, databaseUrl, log, clock, signal }) => {
  const { backupFolder, backupHook } = readBootstrapConfig(process.env)
  const db = openDatabase(databaseUrl, { name, max: 4 })
  try {
    await using _ = startBeating(db, name, clock.now())
    const place = { dataFolder, folder: backupFolder, hook: backupHook }
    await runKeeper({ db, log, clock, signal, program: programVersion(), ...place })
  } finally {
    await db.close()
  }
})
