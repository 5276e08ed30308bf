import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DATE_FORMATS } from '#api/core/history-csv.ts'
import { exportHistory } from '#api/history-export.ts'
import { ConfigError, NotFound } from '#base/errors.ts'
import type { Micros } from '#base/time.ts'
import type { Database } from '#store/database.ts'
import { openDatabase } from '#store/database.ts'
import { listDevices } from '#store/devices.ts'
import { readSettings } from '#store/settings.ts'
import { listTags } from '#store/tags.ts'
import { type Command, EXIT, choice, requiredOption } from './command.ts'

const DELIMITERS = ['comma', 'semicolon', 'tab'] as const

export const historyExport: Command = {
  name: 'history export',
  takes: '',
  summary: 'Writes samples of tags as CSV, however long the period.',
  help: `  --tags LIST       as DEVICE:TAG, separated by commas; DEVICE:* for all of a device
  --from, --until   instants such as 2026-11-01T00:00Z; until now when left out
  --layout L        wide (a column a tag, the default) or long (a row a value)
  --delimiter D     ${DELIMITERS.join(', ')}
  --decimal D       point or comma
  --dates D         ${DATE_FORMATS.join(', ')}
  --zone ZONE       that of the site when left out
  --to FILE         instead of standard output`,
  options: {
    tags: { type: 'string' },
    from: { type: 'string' },
    until: { type: 'string' },
    layout: { type: 'string' },
    delimiter: { type: 'string' },
    decimal: { type: 'string' },
    dates: { type: 'string' },
    zone: { type: 'string' },
    to: { type: 'string' },
  },
  async run({ values, databaseUrl }) {
    const word = (name: string, fallback: string): string => (typeof values[name] === 'string' ? values[name] : fallback)
    const delimiter = choice('--delimiter', word('delimiter', 'comma'), DELIMITERS)
    const db = openDatabase(databaseUrl(), { name: 'cli', max: 2 })
    try {
      const pieces = await exportHistory(db, 'all', {
        tagIds: await tagsOf(db, requiredOption(values, 'tags')),
        from: instantOf('from', requiredOption(values, 'from')),
        to: typeof values['until'] === 'string' ? instantOf('until', values['until']) : Date.now() * 1000,
        layout: choice('--layout', word('layout', 'wide'), ['wide', 'long']),
        delimiter: delimiter === 'comma' ? ',' : delimiter === 'semicolon' ? ';' : '\t',
        decimal: choice('--decimal', word('decimal', 'point'), ['point', 'comma']) === 'point' ? '.' : ',',
        dateFormat: choice('--dates', word('dates', 'iso'), DATE_FORMATS),
        timeZone: word('zone', (await readSettings(db)).site.timeZone),
      })
      const { to } = values
      if (typeof to === 'string') await pipeline(Readable.from(pieces), createWriteStream(to))
      else await pipeline(Readable.from(pieces), process.stdout, { end: false })
      return EXIT.ok
    } finally {
      await db.close()
    }
  },
}

/** @throws NotFound naming what does not exist */
async function tagsOf(db: Database, list: string): Promise<readonly number[]> {
  const devices = await listDevices(db, 'all')
  const tags = await listTags(db, 'all')
  return list.split(',').flatMap((text) => {
    const [code = '', ...rest] = text.trim().split(':')
    const name = rest.join(':').toLowerCase()
    const device = devices.find((one) => one.code.toLowerCase() === code.toLowerCase())
    const found = tags.filter((tag) => tag.deviceId === device?.id && (name === '*' || tag.name.toLowerCase() === name))
    if (found.length === 0) throw new NotFound(`There is no tag ${text.trim()}.`, { remedy: 'Write DEVICE:TAG, such as PS-01:Flow.' })
    return found.map((tag) => tag.id)
  })
}

function instantOf(name: string, text: string): Micros {
  const millis = Date.parse(text)
  if (Number.isNaN(millis)) throw new ConfigError(`--${name}`, `--${name} is ${text}.`, { remedy: 'Write 2026-11-01T00:00Z.' })
  return millis * 1000
}
