import { z } from 'zod'
import { ConfigError } from '#base/errors.ts'
import { Zone } from '#calc/zone.ts'
import type { Tag } from '#domain/device.ts'
import { ENCODINGS, type Encoding } from './core/encoding.ts'
import type { Wishes } from './core/sniff.ts'
import { TIME_FORMATS } from './core/time-text.ts'
import { settingError } from '../setting-error.ts'

const DELIMITERS = ['auto', ',', ';', 'tab', '|'] as const
const THOUSANDS = ['auto', 'none', '.', ',', 'blank', "'"] as const

const column = (title: string, description: string) => z.string().trim().max(200).default('').meta({ seldom: true, title, description })

const FOUND_OUT = 'Found out by itself'

const connection = z.strictObject({
  folder: z
    .string()
    .trim()
    .max(1000)
    .default('')
    .meta({
      title: 'Folder',
      description:
        'Where the files arrive. Empty: raw_data/<device code> below the data folder, made by itself. Another one must lie below raw_data or a folder that the administrator allowed with SYNCTIDE_CSV_FOLDERS.',
      examples: ['', 'line-2/logger', '/mnt/scada/export'],
    }),
  files: z
    .string()
    .trim()
    .min(1, 'The file names are missing')
    .max(200)
    .default('*.csv')
    .meta({
      title: 'File names',
      description: 'Which files are read; * stands for anything, several patterns are separated by a blank.',
      examples: ['*.csv', '*.csv *.txt', 'flow_*.csv'],
    }),
  timeZone: z
    .string()
    .trim()
    .max(64)
    .default('')
    .meta({
      title: 'Time zone',
      description: 'IANA zone of times that do not say theirs. Empty: the zone of this machine.',
      examples: ['Europe/Lisbon', 'UTC'],
    }),
  dateFormat: z
    .enum(['auto', ...TIME_FORMATS])
    .default('auto')
    .meta({
      choices: {
        auto: FOUND_OUT,
        ymd: 'Year first (2026-11-26)',
        dmy: 'Day first (26/11/2026)',
        mdy: 'Month first (11/26/2026)',
        compact: 'Without marks (20261126073000)',
        excel: 'Days, as Excel counts them',
        epochSeconds: 'Seconds since 1970',
        epochMillis: 'Milliseconds since 1970',
        epochMicros: 'Microseconds since 1970',
      },
      title: 'Date format',
      description:
        'ymd 2026-11-26, dmy 26/11/2026, mdy 11/26/2026, compact 20261126073000, excel a number of days, epoch a number since 1970. auto asks where day and month cannot be told apart.',
    }),
  decimal: z
    .enum(['auto', '.', ','])
    .default('auto')
    .meta({ choices: { auto: FOUND_OUT, '.': 'Point (1.5)', ',': 'Comma (1,5)' }, title: 'Decimal mark', description: '1.5 or 1,5.' }),
  delimiter: z
    .enum(DELIMITERS)
    .default('auto')
    .meta({
      seldom: true,
      choices: { auto: FOUND_OUT, ',': 'Comma', ';': 'Semicolon', tab: 'Tabulator', '|': 'Vertical bar' },
      title: 'Delimiter',
      description: 'What stands between two fields.',
    }),
  thousands: z
    .enum(THOUSANDS)
    .default('auto')
    .meta({
      seldom: true,
      choices: { auto: FOUND_OUT, none: 'None', '.': 'Point', ',': 'Comma', blank: 'Blank', "'": 'Apostrophe' },
      title: 'Thousands mark',
      description: 'As in 1.234,5. auto reads it only where a number proves it; 1.234 alone is then set aside.',
    }),
  encoding: z
    .enum(['auto', ...ENCODINGS])
    .default('auto')
    .meta({
      seldom: true,
      choices: {
        auto: FOUND_OUT,
        'utf-8': 'UTF-8',
        'utf-16le': 'UTF-16, low byte first',
        'utf-16be': 'UTF-16, high byte first',
        'windows-1252': 'Windows-1252 (Western Europe)',
      },
      title: 'File encoding',
      description: 'auto goes by the byte order mark, then takes UTF-8 where the file is, else windows-1252.',
    }),
  header: z
    .enum(['auto', 'yes', 'no'])
    .default('auto')
    .meta({
      seldom: true,
      choices: { auto: FOUND_OUT, yes: 'Yes', no: 'No' },
      title: 'Header',
      description: 'Whether the first row names the columns. Without one they are called Column 1, Column 2 and so on.',
    }),
  skipLines: z.int().min(0).max(1000).default(0).meta({ seldom: true, title: 'Lines to skip', description: 'Lines before the header.' }),
  layout: z
    .enum(['auto', 'wide', 'long'])
    .default('auto')
    .meta({
      seldom: true,
      choices: { auto: FOUND_OUT, wide: 'A column for each tag (wide)', long: 'A row for each value (long)' },
      title: 'Layout',
      description: 'wide: a column for each tag. long: a row for each value, with the name of the tag in a column.',
    }),
  timeColumn: column('Time column', 'Empty: the first that holds times.'),
  clockColumn: column('Time of day column', 'Where date and time stand in two columns. Empty: found out.'),
  tagColumn: column('Tag column', 'Of the long layout. Empty: found out.'),
  valueColumn: column('Value column', 'Of the long layout. Empty: found out.'),
  qualityColumn: column('Quality column', 'Of the long layout. Empty: found out.'),
  liveMinutes: z.number().min(0).max(44_640).default(60).meta({
    seldom: true,
    title: 'Judge rows of the last (min)',
    description:
      'Rows newer than this are judged by the alarm rules one by one; of older ones only the newest of each tag becomes the current value, the others are history.',
  }),
  maxBadPercent: z.number().min(0).max(100).default(20).meta({
    seldom: true,
    title: 'Malformed rows allowed (%)',
    description: 'A file with more of them is refused as a whole; with fewer they are set aside in rejected/ and the others are kept.',
  }),
  afterwards: z
    .enum(['leave', 'move'])
    .default('leave')
    .meta({
      choices: { leave: 'The file stays where it is', move: 'The file goes to processed/' },
      title: 'After reading',
      description: 'leave: the file stays where it is. move: it goes to processed/.',
    }),
  deleteAfterDays: z.number().min(0).max(36_500).default(0).meta({
    seldom: true,
    title: 'Delete read files after (days)',
    description: 'What was read is kept, and the file is not read again should it come back. 0 never deletes.',
  }),
  scanSeconds: z.number().min(1).max(3600).default(2).meta({
    seldom: true,
    title: 'Look every (s)',
    description: 'How often the folder is looked at; network folders tell nothing by themselves.',
  }),
})

const tagSettings = z.strictObject({})

type Settings = Readonly<z.output<typeof connection>>

export interface CsvConfig extends Settings {
  /** Null: found out. */
  readonly fixedEncoding: Encoding | null
  readonly wishes: Wishes
  readonly zone: string
}

/** A tag's column header, or its name in the tag column. */
export interface CsvPoint {
  readonly column: string
}

export const connectionSchema: Readonly<Record<string, unknown>> = z.toJSONSchema(connection, { io: 'input' })
export const tagSchema: Readonly<Record<string, unknown>> = z.toJSONSchema(tagSettings, { io: 'input' })

export const ADDRESS_HELP =
  'The header of the column (Flow m3/h), or in a long file the name of the tag as its column says. Blanks at the ends do not count, and upper or lower case only where two names differ in nothing else. In a file without a header: the number of the column, counted from 1.'

/** @throws ConfigError naming the setting */
export function parseConfig(raw: unknown): CsvConfig {
  const parsed = connection.safeParse(raw)
  if (!parsed.success) throw settingError(parsed.error, 'The file watch', Object.keys(connection.shape))
  const settings = parsed.data
  const zone = settings.timeZone === '' ? Temporal.Now.timeZoneId() : new Zone(settings.timeZone).name
  return {
    ...settings,
    zone,
    fixedEncoding: unlessAuto(settings.encoding),
    wishes: {
      delimiter: settings.delimiter === 'auto' ? null : settings.delimiter === 'tab' ? '\t' : settings.delimiter,
      decimal: unlessAuto(settings.decimal),
      thousands:
        settings.thousands === 'auto'
          ? null
          : settings.thousands === 'none'
            ? ''
            : settings.thousands === 'blank'
              ? ' '
              : settings.thousands,
      header: settings.header === 'auto' ? null : settings.header === 'yes',
      skipLines: settings.skipLines,
      layout: unlessAuto(settings.layout),
      timeFormat: unlessAuto(settings.dateFormat),
      timeColumn: settings.timeColumn,
      clockColumn: settings.clockColumn,
      tagColumn: settings.tagColumn,
      valueColumn: settings.valueColumn,
      qualityColumn: settings.qualityColumn,
    },
  }
}

function unlessAuto<T extends string>(choice: T): Exclude<T, 'auto'> | null {
  return choice === 'auto' ? null : (choice as Exclude<T, 'auto'>)
}

/** @throws ConfigError naming `address` or the setting */
export function parsePoint(tag: Pick<Tag, 'address' | 'settings'>): CsvPoint {
  const parsed = tagSettings.safeParse(tag.settings)
  if (!parsed.success) throw settingError(parsed.error, 'The file watch', 'A tag of a file has no settings but its address.')
  const column = tag.address.trim()
  if (column === '')
    throw new ConfigError('address', 'The column is missing', { remedy: 'Give the header of the column, or the name of the tag.' })
  return { column }
}
