import { ConfigError } from '#base/errors.ts'
import { systemClock } from '#host/clock.ts'
import { recordAudit } from '#store/audit.ts'
import { type LayoutStep, changeLayout } from '#store/change-layout.ts'
import { openDatabase } from '#store/database.ts'
import { schemaVersion } from '#store/migrate.ts'
import { type Command, EXIT, choice } from './command.ts'
import { commandLineUser } from './plant-commands.ts'

export const storageLayout: Command = {
  name: 'storage layout',
  takes: 'LAYOUT',
  summary: `Moves the samples into a hypertable of TimescaleDB, or back into partitions of PostgreSQL. History stays where it is; drivers
buffer while the last hours are moved. Cut short at any point, nothing has happened: start it again.`,
  help: `  LAYOUT            hypertable or partitions`,
  options: {},
  async run({ positionals, values, databaseUrl, print, json }) {
    const layout = choice('LAYOUT', positionals[0] ?? '', ['hypertable', 'partitions'])
    const db = openDatabase(databaseUrl(), { name: 'cli', max: 2 })
    try {
      if ((await schemaVersion(db)) === 0)
        throw new ConfigError('SYNCTIDE_DATABASE_URL', 'The database holds no installation.', { remedy: 'Start SyncTide on it once.' })
      const quiet = values['json'] === true
      const report = await changeLayout(db, layout, systemClock.now(), (step) => (quiet ? undefined : print(inWords(step))))
      await recordAudit(db, { who: commandLineUser(), via: 'cli', action: 'storage.layout', object: layout, after: report })
      if (quiet) json(report)
      else print(`Samples lie in ${layout === 'hypertable' ? 'a hypertable' : 'partitions'}. Moved and compared: ${report.rows} rows.`)
      return EXIT.ok
    } finally {
      await db.close()
    }
  },
}

function inWords({ step, rows }: LayoutStep): string {
  return {
    sealing: 'Sealing the hours that are over ...',
    waiting: 'Somebody reads the samples. Waiting ...',
    moving: `Moved ${rows} rows ...`,
    comparing: `Comparing ${rows} rows ...`,
    dropping: 'The same. Dropping the old table ...',
    done: 'Done.',
  }[step]
}
