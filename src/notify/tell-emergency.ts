import type { Micros } from '#base/time.ts'
import type { MessageLanguage } from '#domain/contact.ts'
import type { Logger } from '#host/log.ts'
import { openKey } from '#host/secrets.ts'
import { when } from './core/message-text.ts'
import type { Trouble } from './core/system-watch.ts'
import { words } from './core/words.ts'
import { readEmergencyCopy } from './emergency-copy.ts'
import { tellDirectly } from './tell-directly.ts'

/**
 * Tells whoever looks after the system, from the copy beside the program: nothing of it needs the database.
 * @param since since when nothing is judged; of no meaning for `over`
 * @returns how many people were told; undefined when there is nobody to tell
 */
export async function tellEmergency(
  { dataFolder, log, signal }: { readonly dataFolder: string; readonly log: Logger; readonly signal: AbortSignal },
  what: Trouble | 'over',
  since: Micros,
): Promise<number | undefined> {
  const key = openKey(dataFolder)
  const copy = readEmergencyCopy(dataFolder, key)
  if (copy === undefined || copy.contacts.length === 0 || copy.gateways.length === 0) return undefined
  const { site } = copy
  const textIn = (language: MessageLanguage): string => {
    const say = words(language)
    const at = when(since, site.timeZone, language)
    const said = what === 'over' ? say.judgedAgain : what === 'database' ? say.databaseAway(at) : say.engineAway(at)
    return [said, ...(site.name === '' ? [] : [site.name])].join('\n')
  }
  const gateways = copy.gateways.map((one) => ({ ...one, secrets: one.secrets === null ? null : Buffer.from(one.secrets, 'base64') }))
  return await tellDirectly({ key, log, signal }, gateways, copy.contacts, textIn)
}
