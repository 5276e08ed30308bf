import { InvalidRequest } from '#base/errors.ts'
import { ROLES } from '#domain/user.ts'
import { recordAudit } from '#store/audit.ts'
import { openDatabase } from '#store/database.ts'
import { readSettings } from '#store/settings.ts'
import { createSetupToken } from '#store/setup-tokens.ts'
import { insertUser } from '#store/users.ts'
import { readRunFile } from '#host/run-file.ts'
import { type Command, EXIT, choice } from './command.ts'
import { commandLineUser } from './plant-commands.ts'

export const userAdd: Command = {
  name: 'user add',
  takes: 'LOGIN',
  summary: 'Adds a user and prints a one-time link, valid for three days, to choose a password with.',
  help: `  --role ROLE       viewer, operator, engineer or administrator; viewer by default
  --name NAME       what others read; the login by default`,
  options: { role: { type: 'string' }, name: { type: 'string' } },
  async run({ positionals, values, dataFolder, databaseUrl, print, json }) {
    const [login = ''] = positionals
    if (!/^\S{1,64}$/.test(login)) throw new InvalidRequest('A login has 1 to 64 characters without blanks.', { field: 'LOGIN' })
    const role = choice('--role', typeof values['role'] === 'string' ? values['role'] : 'viewer', ROLES)
    const db = openDatabase(databaseUrl(), { name: 'cli', max: 1 })
    try {
      const token = await db.transaction(async (tx) => {
        const displayName = typeof values['name'] === 'string' && values['name'].trim() !== '' ? values['name'].trim() : login
        const user = await insertUser(tx, { login, displayName, role, enabled: true, deviceIds: null, categories: null }, null)
        await recordAudit(tx, { who: commandLineUser(), via: 'cli', action: 'user.add', object: login, after: { role } })
        return await createSetupToken(tx, { purpose: 'password', userId: user.id, hours: 72 })
      })
      const { site } = await readSettings(db)
      const { url } = readRunFile(dataFolder, 'status')
      const running = site.publicUrl === '' && typeof url === 'string' ? url : site.publicUrl
      const link = `${running.replace(/\/$/, '')}/password?token=${token}`
      if (values['json'] === true) json({ login, role, link })
      else print(`User ${login} (${role}) was added. The link to choose a password, valid once, for three days:\n${link}`)
      return EXIT.ok
    } finally {
      await db.close()
    }
  },
}
