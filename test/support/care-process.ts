import { openDatabase } from '#store/database.ts'
import { PHASES, type Phase, statementsOf } from './care-phases.ts'

// Does one phase of the keeper's care and kills itself as hard as it goes while its n-th statement is on the way:
// node care-process.ts URL PHASE NOW STATEMENT
const [url = '', phase = '', now = '', statement = ''] = process.argv.slice(2)
const db = openDatabase(url, { name: 'care', max: 4 })
const counted = statementsOf(db, (count) => {
  if (count === Number(statement)) setImmediate(() => process.kill(process.pid, 'SIGKILL'))
})
await PHASES[phase as Phase](counted, Number(now))
await db.close()
