import type { Micros } from '#base/time.ts'
import type { Zone } from '#calc/zone.ts'
import type { SessionContext } from '../driver.ts'
import type { CsvConfig } from './config.ts'
import type { WantedColumn } from './core/row-reader.ts'
import type { Ledger } from './ledger.ts'
import { SampleCollector } from './sample-collector.ts'

/** What reading the files of one device needs. */
export interface IngestDesk {
  readonly context: SessionContext
  readonly ledger: Ledger
  readonly config: CsvConfig
  readonly zone: Zone
  readonly wanted: readonly WantedColumn[]
  /** For rejected rows. */
  readonly rejectedFolder: string
}

/** @param newest instant of each tag in what is read */
export function collectorFor({ context, config, ledger }: IngestDesk, newest: ReadonlyMap<number, Micros>): SampleCollector {
  return new SampleCollector(ledger, newest, context.clock.now() - config.liveMinutes * 60_000_000)
}
