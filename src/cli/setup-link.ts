import { Conflict } from '#base/errors.ts'
import { phoneAddress } from '#host/phone-address.ts'
import { recordAudit } from '#store/audit.ts'
import { openDatabase } from '#store/database.ts'
import { readSettings } from '#store/settings.ts'
import { createSetupToken } from '#store/setup-tokens.ts'
import { hasUsers } from '#store/users.ts'
import { type Command, EXIT } from './command.ts'
import { commandLineUser } from './plant-commands.ts'
import { runningUrl } from './running-url.ts'

const HOURS = 24

export const setupLink: Command = {
  name: 'setup-link',
  takes: '',
  summary: 'Prints the one-time link of the first run, to make the administrator with. The link before no longer works.',
  help: '  --if-needed       print nothing when there is a user already',
  options: { 'if-needed': { type: 'boolean' } },
  async run({ values, dataFolder, databaseUrl, print, json }) {
    const { url } = runningUrl(dataFolder)
    if (url === null) {
      print('The web page is not up yet.')
      return EXIT.notRunning
    }
    const db = openDatabase(databaseUrl(), { name: 'cli', max: 1 })
    try {
      if (await hasUsers(db)) {
        if (values['if-needed'] === true) return EXIT.ok
        throw new Conflict('There is a user already, so the first run is over.', { remedy: 'Add another one with synctide user add.' })
      }
      const token = await createSetupToken(db, { purpose: 'first_administrator', hours: HOURS })
      await recordAudit(db, { who: commandLineUser(), via: 'cli', action: 'setup-link', object: 'one-time link of the first run' })
      const { site } = await readSettings(db)
      const elsewhere = site.publicUrl === '' ? phoneAddress(Number(new URL(url).port || 80)) : site.publicUrl.replace(/\/$/, '')
      const links = [url, ...(elsewhere === undefined ? [] : [elsewhere])].map((address) => `${address}/setup?token=${token}`)
      if (values['json'] === true) json({ links })
      else print(`Make the administrator with this link, valid once, for ${HOURS} hours:\n${links.map((link) => `  ${link}`).join('\n')}`)
      return EXIT.ok
    } finally {
      await db.close()
    }
  },
}
