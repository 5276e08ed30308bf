import { ConfigError } from '#base/errors.ts'
import { ask } from './ask.ts'
import type { Command } from './command.ts'

const WAIT_MILLIS = 10_000

export const demoFault: Command = {
  name: 'demo fault',
  takes: 'DEVICE FAULT',
  summary: 'Breaks a device of the demo plant for a while, to see what happens and to train with.',
  help: `  FAULT             cable, silent, slow, exception, freeze, worn (PS-01); none heals the device
  --seconds N       how long it lasts; 60 by default`,
  options: { seconds: { type: 'string' } },
  async run({ positionals, values, databaseUrl, print, json }) {
    const [device = '', fault = ''] = positionals
    const seconds = Number(values['seconds'] ?? 60)
    if (!(seconds >= 1 && seconds <= 86_400)) {
      throw new ConfigError('--seconds', `--seconds is ${String(values['seconds'])}.`, { remedy: 'Give a number from 1 to 86400.' })
    }
    const { code, problem } = await ask(databaseUrl(), { kind: 'fault', target: 'demo', body: { device, fault, seconds } }, WAIT_MILLIS)
    if (values['json'] === true) json(problem === null ? { device, fault, seconds } : { device, fault: null, problem })
    else print(problem ?? (fault === 'none' ? `${device} is well.` : `${device}: ${fault} for ${seconds} s.`))
    return code
  },
}
