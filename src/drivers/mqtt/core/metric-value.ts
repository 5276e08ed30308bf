import { GOOD, packQuality, QualityReason, QualitySeverity, type Value } from '#domain/sample.ts'
import { DataType, type DataSet, type Metric, type RawValue, type Scalar, type Template } from './sparkplug-payload.ts'

/** One value out of a metric. */
export interface MetricValue {
  readonly value: Value
  readonly quality: number
}

const NO_DATA: MetricValue = { value: null, quality: packQuality(QualitySeverity.Uncertain, QualityReason.NoData) }
const MISMATCH: MetricValue = { value: null, quality: packQuality(QualitySeverity.Bad, QualityReason.TypeMismatch) }
const INVALID: MetricValue = { value: null, quality: packQuality(QualitySeverity.Bad, QualityReason.Invalid) }

/**
 * Gives a metric's raw value its meaning: sign and width by the declared data type, whichever integer field it came in.
 * @param dataType the metric's own, else that of its BIRTH
 */
export function metricValue(metric: Metric, dataType: number): MetricValue {
  if (metric.isNull) return NO_DATA
  const found = scalarValue(metric.value, dataType)
  if (found.quality !== GOOD || metric.properties === null) return found
  const quality = qualityOf(metric.properties)
  return quality === GOOD ? found : { value: found.value, quality }
}

/** As {@link metricValue}, of a bare value: a data set's cell. */
export function scalarValue(raw: RawValue, dataType: number): MetricValue {
  if (raw === null) return NO_DATA
  if (typeof raw === 'object') return MISMATCH
  if (typeof raw === 'number' || typeof raw === 'bigint') return numberValue(raw, dataType)
  if (typeof raw === 'string') return dataType === DataType.Boolean ? MISMATCH : { value: raw, quality: GOOD }
  return { value: raw, quality: GOOD }
}

function numberValue(raw: number | bigint, dataType: number): MetricValue {
  const low = typeof raw === 'number' ? raw : Number(BigInt.asUintN(32, raw))
  switch (dataType) {
    case DataType.Int8:
      return good((low << 24) >> 24)
    case DataType.Int16:
      return good((low << 16) >> 16)
    case DataType.Int32:
      return good(low | 0)
    case DataType.Int64:
      return good(typeof raw === 'number' ? raw : narrow(BigInt.asIntN(64, raw)))
    case DataType.UInt8:
      return good(low & 0xff)
    case DataType.UInt16:
      return good(low & 0xffff)
    case DataType.UInt32:
      return good(low >>> 0)
    case DataType.Boolean:
      return good(Number(raw) !== 0)
    default:
      // NaN and infinity are what a node sends when it has no number
      return typeof raw === 'number' && !Number.isFinite(raw) ? INVALID : good(raw)
  }
}

function good(value: Value): MetricValue {
  return { value, quality: GOOD }
}

function narrow(value: bigint): Value {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value
}

/** Sparkplug 3.0, 6.4.12: the property Quality is 0 (bad), 192 (good) or 500 (stale); some nodes send OPC DA's numbers between. */
function qualityOf(properties: ReadonlyMap<string, Scalar>): number {
  const code = properties.get('Quality') ?? properties.get('quality')
  if (typeof code !== 'number') return GOOD
  if (code === 500) return packQuality(QualitySeverity.Uncertain, QualityReason.Stale)
  if (code >= 192 && code < 256) return GOOD
  if (code >= 64 && code < 192) return packQuality(QualitySeverity.Uncertain)
  return packQuality(QualitySeverity.Bad, QualityReason.Invalid)
}

/** A cell of a data set as an address: `name/column[row]`. */
export interface CellAddress {
  readonly metric: string
  readonly column: string
  readonly row: number
}

/** @returns undefined when an address does not end like a cell */
export function parseCell(address: string): CellAddress | undefined {
  const match = /^(.+)\/([^/]+)\[(\d{1,6})\]$/.exec(address)
  return match === null ? undefined : { metric: match[1] ?? '', column: match[2] ?? '', row: Number(match[3]) }
}

/** @returns the cell's value; undefined when the data set has no such column or row */
export function cellValue(set: DataSet, cell: CellAddress): MetricValue | undefined {
  const column = set.columns.indexOf(cell.column)
  const value = set.rows[cell.row]?.[column]
  return value === undefined ? undefined : scalarValue(value, set.types[column] ?? DataType.Unknown)
}

export function isDataSet(value: RawValue): value is DataSet {
  return value !== null && typeof value === 'object' && 'rows' in value
}

export function isTemplate(value: RawValue): value is Template {
  return value !== null && typeof value === 'object' && 'metrics' in value
}

/** @returns the data type in the words of the specification: Int32, DateTime */
export function dataTypeName(dataType: number): string {
  return NAMES.get(dataType) ?? `type ${dataType}`
}

const NAMES = new Map<number, string>(Object.entries(DataType).map(([name, number]) => [number, name]))
