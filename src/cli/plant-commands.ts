import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { ConfigError, asError } from '#base/errors.ts'
import { applyPlant } from '#plant/apply.ts'
import type { Change } from '#plant/difference.ts'
import { exportPlant, renderPlantFile } from '#plant/export.ts'
import { planPlant, renderPlan } from '#plant/plan.ts'
import { plantFileSchema } from '#plant/plant-file.ts'
import { recordAudit } from '#store/audit.ts'
import { openDatabase } from '#store/database.ts'
import { type Command, EXIT } from './command.ts'

export const plan: Command = {
  name: 'plan',
  takes: 'FILE',
  summary: 'Shows what applying a plant file would change. Nothing is written. FILE may be - for standard input.',
  help: '',
  exits: '4 there are differences.',
  options: {},
  async run({ positionals, values, databaseUrl, print, json }) {
    await using stack = new AsyncDisposableStack()
    const db = openDatabase(databaseUrl(), { name: 'cli', max: 1 })
    stack.defer(async () => await db.close())
    const changes = await planPlant(db, readPlantText(positionals[0]))
    if (values['json'] === true) json({ changes: changes.map(publicChange) })
    else print(renderPlan(changes).trimEnd())
    return changes.length === 0 ? EXIT.ok : EXIT.differs
  },
}

export const apply: Command = {
  name: 'apply',
  takes: 'FILE',
  summary: 'Makes the site what a plant file says, all or nothing. FILE may be - for standard input.',
  help: '',
  options: {},
  async run({ positionals, values, databaseUrl, print, json }) {
    await using stack = new AsyncDisposableStack()
    const db = openDatabase(databaseUrl(), { name: 'cli', max: 1 })
    stack.defer(async () => await db.close())
    const changes = await applyPlant(db, readPlantText(positionals[0]))
    await recordAudit(db, {
      who: commandLineUser(),
      via: 'cli',
      action: 'plant.apply',
      object: positionals[0] ?? '-',
      after: changes.map(publicChange),
    })
    if (values['json'] === true) json({ applied: changes.length, changes: changes.map(publicChange) })
    else print(`${renderPlan(changes)}Applied.`)
    return EXIT.ok
  },
}

export const exporting: Command = {
  name: 'export',
  takes: '',
  summary: 'Prints the plant file of this site. Secrets are not part of it.',
  help: '  --schema          print the JSON Schema of the plant file instead',
  options: { schema: { type: 'boolean' } },
  async run({ values, databaseUrl, print, json }) {
    if (values['schema'] === true) {
      print(JSON.stringify(plantFileSchema(), undefined, 2))
      return EXIT.ok
    }
    await using stack = new AsyncDisposableStack()
    const db = openDatabase(databaseUrl(), { name: 'cli', max: 1 })
    stack.defer(async () => await db.close())
    const file = await exportPlant(db)
    if (values['json'] === true) json(file)
    else print(renderPlantFile(file).trimEnd())
    return EXIT.ok
  },
}

/** Who stands in the audit for what is done on the command line. */
export function commandLineUser(): string {
  return `command line: ${process.env['SUDO_USER'] ?? userInfo().username}`
}

function publicChange({ action, object, fields }: Change): Omit<Change, 'step'> {
  return { action, object, fields }
}

function readPlantText(path: string | undefined): string {
  try {
    return readFileSync(path === undefined || path === '-' ? 0 : path, 'utf8')
  } catch (error) {
    throw new ConfigError('FILE', `${path ?? '-'} cannot be read: ${asError(error).message}`, { cause: error, remedy: 'Check the path.' })
  }
}
