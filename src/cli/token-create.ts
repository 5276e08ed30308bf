import { InvalidRequest, NotFound } from '#base/errors.ts'
import { ROLES } from '#domain/user.ts'
import { createApiToken } from '#store/api-tokens.ts'
import { recordAudit } from '#store/audit.ts'
import { openDatabase } from '#store/database.ts'
import { findByLogin } from '#store/users.ts'
import { type Command, EXIT, choice, requiredOption } from './command.ts'
import { commandLineUser } from './plant-commands.ts'

export const tokenCreate: Command = {
  name: 'token create',
  takes: 'NAME',
  summary: 'Makes a token for a program and prints it; it is not shown again.',
  help: `  --user LOGIN      on whose behalf it acts; it never may more than this user
  --role ROLE       viewer, operator, engineer or administrator; viewer by default
  --days N          how long it is valid; 365 by default`,
  options: { user: { type: 'string' }, role: { type: 'string' }, days: { type: 'string' } },
  async run({ positionals, values, databaseUrl, print, json }) {
    const [name = ''] = positionals
    const login = requiredOption(values, 'user')
    const role = choice('--role', typeof values['role'] === 'string' ? values['role'] : 'viewer', ROLES)
    const days = Number(values['days'] ?? 365)
    if (!Number.isInteger(days) || days < 1 || days > 3650)
      throw new InvalidRequest('--days is a number from 1 to 3650.', { field: '--days' })
    const db = openDatabase(databaseUrl(), { name: 'cli', max: 1 })
    try {
      const found = await findByLogin(db, login)
      if (found === undefined) throw new NotFound(`There is no user ${login}.`, { remedy: 'Add one with user add.' })
      const { token } = await createApiToken(db, { userId: found.user.id, name, role, days })
      await recordAudit(db, { who: commandLineUser(), via: 'cli', action: 'token.create', object: name, after: { login, role, days } })
      if (values['json'] === true) json({ name, role, token })
      else print(token)
      return EXIT.ok
    } finally {
      await db.close()
    }
  },
}
