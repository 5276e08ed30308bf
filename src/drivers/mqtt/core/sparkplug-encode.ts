import { DataType, type Scalar } from './sparkplug-payload.ts'
import { WireWriter } from './wire-writer.ts'

/** A metric to send. Integers are signed as their type says; DateTime is milliseconds. */
export interface OutgoingMetric {
  readonly name?: string
  readonly alias?: number
  readonly timestamp?: number
  readonly dataType?: number
  readonly isHistorical?: boolean
  readonly isTransient?: boolean
  /** null is sent as is_null. */
  readonly value: Scalar | Uint8Array | OutgoingDataSet | readonly OutgoingMetric[] | null
  readonly properties?: Readonly<Record<string, string | number | boolean>>
}

export interface OutgoingDataSet {
  readonly columns: readonly { readonly name: string; readonly dataType: number }[]
  readonly rows: readonly (readonly Scalar[])[]
}

export interface OutgoingPayload {
  /** Milliseconds since 1970. */
  readonly timestamp?: number
  readonly seq?: number
  readonly metrics: readonly OutgoingMetric[]
}

/** @returns a Sparkplug B payload (Sparkplug 3.0, 6.4.1) */
export function writePayload({ timestamp, seq, metrics }: OutgoingPayload): Uint8Array {
  const writer = new WireWriter()
  if (timestamp !== undefined) writer.varint(1, timestamp)
  for (const metric of metrics) writer.bytes(2, writeMetric(metric))
  if (seq !== undefined) writer.varint(3, seq)
  return writer.finish()
}

/** @returns the payload of the NCMD that asks an edge node for its births (Sparkplug 3.0, 6.4.23) */
export function writeRebirth(timestamp: number): Uint8Array {
  return writePayload({ timestamp, metrics: [{ name: 'Node Control/Rebirth', timestamp, dataType: DataType.Boolean, value: true }] })
}

function writeMetric(metric: OutgoingMetric): Uint8Array {
  const writer = new WireWriter()
  const { dataType = dataTypeOf(metric.value) } = metric
  if (metric.name !== undefined) writer.bytes(1, metric.name)
  if (metric.alias !== undefined) writer.varint(2, metric.alias)
  if (metric.timestamp !== undefined) writer.varint(3, metric.timestamp)
  if (metric.dataType !== undefined) writer.varint(4, metric.dataType)
  if (metric.isHistorical === true) writer.varint(5, 1)
  if (metric.isTransient === true) writer.varint(6, 1)
  if (metric.properties !== undefined) writer.bytes(9, writeProperties(metric.properties))
  const { value } = metric
  if (value === null) writer.varint(7, 1)
  else if (value instanceof Uint8Array) writer.bytes(16, value)
  else if (isMetrics(value)) writer.bytes(18, writeTemplate(value))
  else if (typeof value === 'object') writer.bytes(17, writeDataSet(value))
  else writeScalar(writer, 10, dataType, value)
  return writer.finish()
}

function writeTemplate(metrics: readonly OutgoingMetric[]): Uint8Array {
  const writer = new WireWriter()
  for (const metric of metrics) writer.bytes(2, writeMetric(metric))
  return writer.varint(5, 0).finish()
}

function writeDataSet({ columns, rows }: OutgoingDataSet): Uint8Array {
  const writer = new WireWriter().varint(1, columns.length)
  for (const { name } of columns) writer.bytes(2, name)
  for (const { dataType } of columns) writer.varint(3, dataType)
  for (const row of rows) {
    const line = new WireWriter()
    row.forEach((value, index) => {
      const cell = new WireWriter()
      writeScalar(cell, 1, columns[index]?.dataType ?? dataTypeOf(value), value)
      line.bytes(1, cell.finish())
    })
    writer.bytes(4, line.finish())
  }
  return writer.finish()
}

function writeProperties(properties: Readonly<Record<string, string | number | boolean>>): Uint8Array {
  const writer = new WireWriter()
  for (const key of Object.keys(properties)) writer.bytes(1, key)
  for (const value of Object.values(properties)) {
    const dataType = dataTypeOf(value)
    const property = new WireWriter().varint(1, dataType)
    writeScalar(property, 3, dataType, value)
    writer.bytes(2, property.finish())
  }
  return writer.finish()
}

/** @param first the number of the message's int_value; the other kinds follow in the same order everywhere */
function writeScalar(writer: WireWriter, first: number, dataType: number, value: Scalar): void {
  switch (dataType) {
    case DataType.Int8:
    case DataType.Int16:
    case DataType.Int32:
    case DataType.UInt8:
    case DataType.UInt16:
    case DataType.UInt32:
      writer.varint(first, Number(value) >>> 0)
      return
    case DataType.Int64:
    case DataType.UInt64:
    case DataType.DateTime:
      writer.varint(first + 1, BigInt.asUintN(64, BigInt(value)))
      return
    case DataType.Float:
      writer.float(first + 2, Number(value))
      return
    case DataType.Double:
      writer.double(first + 3, Number(value))
      return
    case DataType.Boolean:
      writer.varint(first + 4, value === true ? 1 : 0)
      return
    default:
      writer.bytes(first + 5, String(value))
  }
}

function isMetrics(value: OutgoingMetric['value']): value is readonly OutgoingMetric[] {
  return Array.isArray(value)
}

function dataTypeOf(value: OutgoingMetric['value']): number {
  if (typeof value === 'boolean') return DataType.Boolean
  if (typeof value === 'bigint') return DataType.Int64
  if (typeof value === 'string') return DataType.String
  if (typeof value !== 'number') return DataType.Unknown
  return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? DataType.Int32 : DataType.Double
}
