import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ConfigError, asError } from '#base/errors.ts'
import { makeFolder } from '#host/make-folder.ts'
import { type ImportPlace, type ImportReport, importHistory } from '#plant/history/import-history.ts'
import { recordAudit } from '#store/audit.ts'
import { openDatabase } from '#store/database.ts'
import { type Command, EXIT } from './command.ts'
import { commandLineUser } from './plant-commands.ts'

const SETTINGS = { dates: 'dateFormat', decimal: 'decimal', delimiter: 'delimiter', layout: 'layout', encoding: 'encoding' } as const

export const historyImport: Command = {
  name: 'history import',
  takes: 'FILE',
  summary: 'Brings the past of tags in from a CSV file, wide or long. Done twice it changes nothing; cut short it goes on where it was.',
  help: `  --dry-run         read it to its end and say what would be stored
  --device CODE     whose tags are meant by columns that are not named DEVICE:TAG
  --zone ZONE       of times that do not say theirs; that of the site when left out
  --dates F         ymd, dmy, mdy, compact, excel, epochSeconds, epochMillis, epochMicros, where it cannot be told
  --decimal D       . or ,
  --delimiter D     , ; | or tab
  --layout L        wide or long
  --encoding E      utf-8, utf-16le, utf-16be, windows-1252`,
  exits: '4 some lines could not be read.',
  options: {
    'dry-run': { type: 'boolean' },
    device: { type: 'string' },
    zone: { type: 'string' },
    dates: { type: 'string' },
    decimal: { type: 'string' },
    delimiter: { type: 'string' },
    layout: { type: 'string' },
    encoding: { type: 'string' },
  },
  async run({ positionals, values, dataFolder, databaseUrl, print, json }) {
    const path = resolve(positionals[0] ?? '')
    const dryRun = values['dry-run'] === true
    const quiet = values['json'] === true
    const mark = markOf(path, dataFolder, values)
    const began = performance.now()
    const stop = new AbortController()
    process.once('SIGINT', () => stop.abort(new Error('Stopped; run it again to go on.')))
    const db = openDatabase(databaseUrl(), { name: 'cli', max: 2 })
    try {
      const report = await importHistory(db, {
        path,
        deviceCode: typeof values['device'] === 'string' ? values['device'] : null,
        timeZone: typeof values['zone'] === 'string' ? values['zone'] : null,
        settings: Object.fromEntries(
          Object.entries(SETTINGS).flatMap(([name, setting]) => (values[name] === undefined ? [] : [[setting, values[name]]])),
        ),
        dryRun,
        from: dryRun ? null : mark.read(),
        now: Date.now() * 1000,
        signal: stop.signal,
        onKept: (place, so) => {
          if (!dryRun) mark.write(place)
          if (!quiet) print(`${Math.floor((100 * place.offset) / Math.max(1, so.bytes))} %: ${place.rows} rows, ${so.samples} samples`)
        },
      })
      if (!dryRun) {
        mark.clear()
        const { badLines: _, unknown, ...figures } = report
        await recordAudit(db, {
          who: commandLineUser(),
          via: 'cli',
          action: 'history.import',
          object: path,
          after: { ...figures, unknown: unknown.length },
        })
      }
      if (quiet) json(report)
      else tell(report, dryRun, (performance.now() - began) / 1000, print)
      return report.bad === 0 ? EXIT.ok : EXIT.differs
    } finally {
      await db.close()
    }
  },
}

function tell(report: ImportReport, dryRun: boolean, seconds: number, print: (text: string) => void): void {
  const day = (at: number | null): string => (at === null ? '–' : new Date(at / 1000).toISOString())
  for (const { line, reason } of report.badLines) print(`line ${line}: ${reason}`)
  if (report.bad > report.badLines.length) print(`and ${report.bad - report.badLines.length} lines more`)
  if (report.unknown.length > 0) print(`no tag has these names: ${report.unknown.slice(0, 20).join(', ')}`)
  print(
    `${dryRun ? 'Would store' : 'Stored'} ${report.samples} samples of ${report.tags} tags, ${day(report.oldest)} to ${day(report.newest)}; ` +
      `${report.rows} rows, ${report.bad} not read; ${Math.round(report.samples / Math.max(0.001, seconds))} samples/s.`,
  )
}

/** Where an import of a file with these options was, kept beside the data. */
function markOf(
  path: string,
  dataFolder: string,
  values: Readonly<Record<string, unknown>>,
): { read(): ImportPlace | null; write(place: ImportPlace): void; clear(): void } {
  let facts: string
  try {
    const { size, mtimeMs } = statSync(path)
    facts = JSON.stringify([path, size, mtimeMs, values])
  } catch (error) {
    throw new ConfigError('FILE', `${path} cannot be read: ${asError(error).message}`, { cause: error, remedy: 'Check the path.' })
  }
  const folder = join(dataFolder, 'imports')
  const file = join(folder, `${createHash('sha256').update(facts).digest('hex').slice(0, 24)}.json`)
  return {
    // written by ourselves
    read: () => (existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ImportPlace) : null),
    write(place) {
      makeFolder(folder)
      writeFileSync(`${file}.draft`, JSON.stringify(place))
      renameSync(`${file}.draft`, file)
    },
    clear: () => rmSync(file, { force: true }),
  }
}
