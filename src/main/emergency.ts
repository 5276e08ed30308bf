// Started by the supervisor when alarms are not judged and nobody else can say so: node src/main/emergency.ts database|engine|over SINCE.
import { join } from 'node:path'
import { asError } from '#base/errors.ts'
import { readBootstrapConfig } from '#host/config.ts'
import { LogFile } from '#host/log-file.ts'
import { createLogger } from '#host/log.ts'
import { tellEmergency } from '#notify/tell-emergency.ts'

const LONGEST_MILLIS = 120_000

const { dataFolder } = readBootstrapConfig(process.env)
const file = new LogFile(join(dataFolder, 'logs', 'emergency.log'))
const log = createLogger('emergency', (line) => file.write(line))
const [what, since] = process.argv.slice(2)
try {
  if (what !== 'database' && what !== 'engine' && what !== 'over') throw new Error(`What is to be told? Not ${what ?? 'nothing'}.`)
  const told = await tellEmergency({ dataFolder, log, signal: AbortSignal.timeout(LONGEST_MILLIS) }, what, Number(since))
  if (told === undefined) log.warn('emergency.nobody_to_tell', { what })
  else log.info('emergency.told', { what, contacts: told })
  process.exitCode = told === 0 ? 1 : 0
} catch (error) {
  log.error('emergency.not_told', { what, error: asError(error) })
  process.exitCode = 1
}
