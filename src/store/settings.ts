import { MESSAGE_LANGUAGES, type Language, type MessageLanguage } from '#domain/contact.ts'
import { KEEP_EVERYTHING, type RetentionPolicy } from '#domain/retention.ts'
import type { Queryable } from './database.ts'

export interface Site {
  readonly name: string
  /** IANA zone. */
  readonly timeZone: string
  readonly language: Language
  /** How phones and links in messages reach this installation; empty when not known. */
  readonly publicUrl: string
}

/** Per protocol: whether unchanged values are spared, and after how many seconds one is stored all the same. */
export interface ReportByException {
  readonly enabled: boolean
  readonly heartbeatSeconds: number
}

/** `none` until the demo plant was first set up; `removed` for good. */
export type DemoState = 'none' | 'installed' | 'removed'

export interface Settings {
  readonly site: Site
  readonly reportByException: Readonly<Record<string, ReportByException>>
  readonly demo: DemoState
  readonly retention: RetentionPolicy
  readonly backup: BackupSettings
  /** Texts of messages that the site wrote itself; the others are built in. */
  readonly messageTemplates: readonly StoredTemplate[]
  /** Whose words are read in answers; those of the person's own language always are. */
  readonly replyLanguages: readonly MessageLanguage[]
  readonly systemRoute: SystemRoute
}

/** Who is told of a trouble of the system itself: a chain, a group with its parents, or the contacts that are marked for it. */
export type SystemRoute =
  | { readonly to: 'contacts' }
  | { readonly to: 'group'; readonly id: number }
  | { readonly to: 'chain'; readonly id: number }

export interface StoredTemplate {
  readonly kind:
    | 'alarm'
    | 'cleared'
    | 'acknowledged'
    | 'exhausted'
    | 'digest'
    | 'storm'
    | 'cleared_several'
    | 'acknowledged_several'
    | 'test'
  readonly style: 'full' | 'short'
  readonly language: MessageLanguage
  readonly text: string
}

export interface BackupSettings {
  /** Whether one is taken by night. */
  readonly enabled: boolean
  /** How many of them stay. */
  readonly keep: number
  /** Sealed with the key of the installation, in base64; null: backups are not encrypted. */
  readonly passphrase: string | null
}

const DEFAULT_BACKUP: BackupSettings = { enabled: true, keep: 7, passphrase: null }

export const DEFAULT_REPORT_BY_EXCEPTION: ReportByException = { enabled: true, heartbeatSeconds: 300 }

/** Every setting, with defaults for those never saved. */
export async function readSettings(db: Queryable): Promise<Settings> {
  const rows = await db.query<{ key: string; value: unknown }>('select key, value from settings')
  const saved = Object.fromEntries(rows.map((row) => [row.key, row.value])) as Partial<Settings>
  return {
    site: {
      name: '',
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      language: 'en',
      publicUrl: '',
      ...saved.site,
    },
    reportByException: { modbus: DEFAULT_REPORT_BY_EXCEPTION, ...saved.reportByException },
    demo: saved.demo ?? 'none',
    messageTemplates: saved.messageTemplates ?? [],
    replyLanguages: saved.replyLanguages ?? MESSAGE_LANGUAGES,
    systemRoute: saved.systemRoute ?? { to: 'contacts' },
    retention: { ...KEEP_EVERYTHING, ...saved.retention },
    backup: { ...DEFAULT_BACKUP, ...saved.backup },
  }
}

/** Saves the settings given; the others stay. */
export async function saveSettings(db: Queryable, settings: Partial<Settings>): Promise<void> {
  const entries = Object.entries(settings)
  if (entries.length === 0) return
  await db.query(
    `insert into settings (key, value) select key, value from jsonb_each($1::jsonb)
     on conflict (key) do update set value = excluded.value where settings.value is distinct from excluded.value`,
    [JSON.stringify(Object.fromEntries(entries))],
  )
}
