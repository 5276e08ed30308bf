import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Tag, TagKind } from '#domain/device.ts'
import type { DevicePlan } from '#drivers/driver.ts'
import { parseConfig, parsePoint, type CsvConfig, type CsvPoint } from '#drivers/csv/config.ts'
import type { Roots } from '#drivers/csv/place.ts'

/** A raw_data folder of its own below the temporary one, gone at dispose. */
export interface CsvFolder extends Disposable {
  readonly roots: Roots
  /** Of the device D-01. */
  readonly folder: string
}

export function csvFolder(): CsvFolder {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'synctide-csv-')))
  const folder = join(root, 'raw_data', 'D-01')
  mkdirSync(folder, { recursive: true })
  return {
    roots: { rawData: join(root, 'raw_data'), allowed: [] },
    folder,
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  }
}

/** @returns the device D-01 with tags numbered from 1, named and addressed by their column */
export function csvPlan(
  connection: Readonly<Record<string, unknown>>,
  columns: readonly (string | readonly [column: string, kind: TagKind])[],
): DevicePlan<CsvConfig, CsvPoint> {
  const config = parseConfig({ timeZone: 'UTC', scanSeconds: 1, ...connection })
  return {
    device: {
      id: 1,
      code: 'D-01',
      name: 'Device',
      area: '',
      protocol: 'csv',
      enabled: true,
      pollMillis: 1000,
      timeoutMillis: 2000,
      commTimeoutSeconds: null,
      commSeverity: 'warning',
      livenessCounts: true,
      connection: {},
      demo: false,
    },
    config,
    points: columns.map((column, index) => {
      const [address, kind] = typeof column === 'string' ? [column, 'analog' as const] : column
      const tag: Tag = {
        id: index + 1,
        deviceId: 1,
        name: address,
        address,
        settings: {},
        kind,
        unit: '',
        decimals: 2,
        scale: 1,
        offset: 0,
        deadband: 0,
        stateText: null,
        enabled: true,
      }
      return { tag, point: parsePoint(tag) }
    }),
  }
}
