import { WireReader, WireType } from './wire-reader.ts'

/** Sparkplug 3.0, 6.4.16: the data types of metrics. */
export const DataType = {
  Unknown: 0,
  Int8: 1,
  Int16: 2,
  Int32: 3,
  Int64: 4,
  UInt8: 5,
  UInt16: 6,
  UInt32: 7,
  UInt64: 8,
  Float: 9,
  Double: 10,
  Boolean: 11,
  String: 12,
  DateTime: 13,
  Text: 14,
  UUID: 15,
  DataSet: 16,
  Bytes: 17,
  File: 18,
  Template: 19,
  PropertySet: 20,
  PropertySetList: 21,
} as const

export type Scalar = number | bigint | boolean | string

export interface DataSet {
  readonly columns: string[]
  /** {@link DataType} of each column. */
  readonly types: number[]
  readonly rows: (Scalar | null)[][]
}

export interface Template {
  readonly metrics: Metric[]
}

/** What a metric carries on the wire, before its data type gives integers their sign; null when there was no value. */
export type RawValue = Scalar | Uint8Array | DataSet | Template | null

export interface Metric {
  /** Empty where only the alias was sent. */
  name: string
  /** -1 where none was sent. */
  alias: number
  /** Milliseconds since 1970; -1 where none was sent. */
  timestamp: number
  /** {@link DataType}; 0 where it was left out, as DATA messages may. */
  dataType: number
  isHistorical: boolean
  isTransient: boolean
  isNull: boolean
  value: RawValue
  properties: ReadonlyMap<string, Scalar> | null
}

export interface SparkplugPayload {
  /** Milliseconds since 1970; -1 where none was sent. */
  timestamp: number
  /** 0 to 255; -1 where none was sent. */
  seq: number
  readonly metrics: Metric[]
}

/** Templates inside templates deeper than this are refused. */
const MAX_DEPTH = 8

/**
 * Reads a Sparkplug B payload (Sparkplug 3.0, 6.4.1). Unknown fields are passed over; either integer field is taken for any integer.
 * @returns undefined when the bytes are no such payload; never throws
 */
export function readPayload(bytes: Uint8Array): SparkplugPayload | undefined {
  const reader = new WireReader(bytes)
  const payload: SparkplugPayload = { timestamp: -1, seq: -1, metrics: [] }
  while (reader.next()) {
    if (reader.field === 2 && reader.wireType === WireType.Bytes) payload.metrics.push(readMetric(reader, 0))
    else if (reader.field === 1 && reader.wireType === WireType.Varint) payload.timestamp = Number(reader.uint64())
    else if (reader.field === 3 && reader.wireType === WireType.Varint) payload.seq = Number(reader.uint64())
    else reader.skip()
  }
  return reader.failed ? undefined : payload
}

function readMetric(reader: WireReader, depth: number): Metric {
  const metric: Metric = {
    name: '',
    alias: -1,
    timestamp: -1,
    dataType: 0,
    isHistorical: false,
    isTransient: false,
    isNull: false,
    value: null,
    properties: null,
  }
  const outer = reader.enter()
  while (reader.next()) {
    if (reader.wireType !== WIRE_TYPES[reader.field]) {
      reader.skip()
      continue
    }
    switch (reader.field) {
      case 1:
        metric.name = reader.name()
        break
      case 2:
        metric.alias = Number(reader.uint64())
        break
      case 3:
        metric.timestamp = Number(reader.uint64())
        break
      case 4:
        metric.dataType = reader.uint32()
        break
      case 5:
        metric.isHistorical = reader.bool()
        break
      case 6:
        metric.isTransient = reader.bool()
        break
      case 7:
        metric.isNull = reader.bool()
        break
      case 9:
        metric.properties = readProperties(reader)
        break
      case 10:
      case 11:
        metric.value = reader.uint64()
        break
      case 12:
        metric.value = reader.float()
        break
      case 13:
        metric.value = reader.double()
        break
      case 14:
        metric.value = reader.bool()
        break
      case 15:
        metric.value = reader.string()
        break
      case 16:
        metric.value = reader.bytes()
        break
      case 17:
        metric.value = readDataSet(reader)
        break
      case 18:
        metric.value = readTemplate(reader, depth)
        break
      default:
        reader.skip()
    }
  }
  reader.leave(outer)
  return metric
}

/** The wire type that each field of a metric must have; a field with another one is passed over. */
const WIRE_TYPES: readonly (number | undefined)[] = [
  undefined,
  WireType.Bytes,
  WireType.Varint,
  WireType.Varint,
  WireType.Varint,
  WireType.Varint,
  WireType.Varint,
  WireType.Varint,
  undefined,
  WireType.Bytes,
  WireType.Varint,
  WireType.Varint,
  WireType.Fixed32,
  WireType.Fixed64,
  WireType.Varint,
  WireType.Bytes,
  WireType.Bytes,
  WireType.Bytes,
  WireType.Bytes,
]

function readTemplate(reader: WireReader, depth: number): Template {
  const metrics: Metric[] = []
  if (depth >= MAX_DEPTH) {
    reader.fail()
    return { metrics }
  }
  const outer = reader.enter()
  while (reader.next()) {
    if (reader.field === 2 && reader.wireType === WireType.Bytes) metrics.push(readMetric(reader, depth + 1))
    else reader.skip()
  }
  reader.leave(outer)
  return { metrics }
}

function readDataSet(reader: WireReader): DataSet {
  const set: DataSet = { columns: [], types: [], rows: [] }
  const outer = reader.enter()
  while (reader.next()) {
    if (reader.field === 2 && reader.wireType === WireType.Bytes) set.columns.push(reader.name())
    else if (reader.field === 3 && reader.wireType === WireType.Varint) set.types.push(reader.uint32())
    else if (reader.field === 3 && reader.wireType === WireType.Bytes) readPacked(reader, set.types)
    else if (reader.field === 4 && reader.wireType === WireType.Bytes) set.rows.push(readRow(reader))
    else reader.skip()
  }
  reader.leave(outer)
  return set
}

/** Some encoders pack repeated numbers, as proto3 does. */
function readPacked(reader: WireReader, into: number[]): void {
  const outer = reader.enter()
  while (reader.position < reader.end) into.push(reader.uint32())
  reader.leave(outer)
}

function readRow(reader: WireReader): (Scalar | null)[] {
  const cells: (Scalar | null)[] = []
  const outer = reader.enter()
  while (reader.next()) {
    if (reader.field === 1 && reader.wireType === WireType.Bytes) cells.push(readScalarMessage(reader, 1))
    else reader.skip()
  }
  reader.leave(outer)
  return cells
}

function readProperties(reader: WireReader): Map<string, Scalar> {
  const keys: string[] = []
  const values: (Scalar | null)[] = []
  const outer = reader.enter()
  while (reader.next()) {
    if (reader.field === 1 && reader.wireType === WireType.Bytes) keys.push(reader.name())
    else if (reader.field === 2 && reader.wireType === WireType.Bytes) values.push(readScalarMessage(reader, 3))
    else reader.skip()
  }
  reader.leave(outer)
  const properties = new Map<string, Scalar>()
  keys.forEach((key, index) => {
    const value = values[index]
    if (value !== undefined && value !== null) properties.set(key, value)
  })
  return properties
}

/** DataSetValue (values from field 1) and PropertyValue (from field 3) list the same six kinds in the same order. */
function readScalarMessage(reader: WireReader, first: number): Scalar | null {
  let value: Scalar | null = null
  const outer = reader.enter()
  while (reader.next()) {
    const kind = reader.field - first
    if ((kind === 0 || kind === 1) && reader.wireType === WireType.Varint) value = reader.uint64()
    else if (kind === 2 && reader.wireType === WireType.Fixed32) value = reader.float()
    else if (kind === 3 && reader.wireType === WireType.Fixed64) value = reader.double()
    else if (kind === 4 && reader.wireType === WireType.Varint) value = reader.bool()
    else if (kind === 5 && reader.wireType === WireType.Bytes) value = reader.string()
    else reader.skip()
  }
  reader.leave(outer)
  return value
}
