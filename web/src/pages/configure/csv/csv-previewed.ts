/** What the action `preview` of the CSV driver answers, see drivers/csv/core/preview.ts. */
export interface CsvPreviewed {
  readonly ok: boolean
  readonly problem: string | null
  readonly remedy: string | null
  readonly question: { readonly field: string; readonly choices: readonly { readonly value: string; readonly meaning: string }[] } | null
  readonly encoding: string
  readonly structure: {
    readonly delimiter: string
    readonly decimal: string
    readonly decimalProof: string | null
    readonly thousands: string
    readonly layout: 'wide' | 'long'
    readonly header: readonly string[]
    readonly timeColumn: string
    readonly clockColumn: string | null
    readonly tagColumn: string | null
    readonly valueColumn: string | null
    readonly qualityColumn: string | null
    readonly dateFormat: string
    readonly dateProof: string
  } | null
  readonly timeZone: string
  readonly missing: readonly string[]
  readonly rows: readonly {
    readonly line: number
    readonly tag: string
    readonly time: string
    readonly local: string
    readonly value: string
    readonly good: boolean
  }[]
  readonly problems: readonly { readonly line: number; readonly reason: string }[]
  readonly warnings: readonly string[]
  readonly file: string | null
  readonly files: readonly string[]
}
