import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import writeExcelFile from 'write-excel-file/node'
import { InvalidRequest } from '#base/errors.ts'
import { PROTOCOLS } from '#drivers/catalogue.ts'
import type { JsonSchema } from '#drivers/driver.ts'
import { secretFieldsOf } from '#drivers/secret-fields.ts'
import { driverOf } from '../validate.ts'
import { parsePlantFile, type PlantDevice } from '../plant-file.ts'
import { allColumns } from './columns.ts'
import { readSheets, type SheetReading } from './read-sheets.ts'
import type { RawSheet, SheetProblem } from './tables.ts'
import { readWorkbook, writeCsvFile, writeWorkbook } from './workbook.ts'
import { writeGuide, writeSheets } from './write-sheets.ts'

const columns = await allColumns()

const awkward = 'aZ9é€°³ \'"=+-@,;\t\n_x0041_.#/\\<&>'
const text = fc.string({ unit: fc.constantFrom(...Array.from(awkward)), maxLength: 8 })
const name = fc
  .string({ unit: fc.constantFrom(...Array.from('abé9-+=@.,;"\' _x')), minLength: 1, maxLength: 10 })
  .map((one) => one.trim())
  .filter((one) => one !== '')
const figure = fc
  .oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: -5, max: 5 }))
  .map((value) => (value === 0 ? 0 : value))
const rule = fc.record({
  name,
  label: fc.constantFrom('HiHi', 'Hi', 'Custom'),
  severity: fc.constantFrom('info', 'critical'),
  operator: fc.constantFrom('>', '=', '!='),
  setpoint: figure,
  deadband: fc.double({ min: 0, max: 9, noNaN: true }),
  autoClose: fc.boolean(),
})
const tag = fc.record({
  name,
  address: fc.constantFrom('00001', '40001.10', 'HR5', '=1+1'),
  unit: text,
  kind: fc.constantFrom('analog', 'digital', 'text'),
  scale: figure.map((value) => value || 1),
  offset: figure,
  enabled: fc.boolean(),
  stateText: fc.option(fc.tuple(text, text)),
  settings: fc.oneof(
    fc.constant({}),
    fc.record({
      dataType: fc.constantFrom('float', 'string'),
      length: fc.integer({ min: 1, max: 9 }),
      byteSwap: fc.boolean(),
      encoding: fc.constantFrom('utf-8', 'latin1'),
    }),
    fc
      .record({ other: fc.jsonValue({ maxDepth: 2 }) })
      .map((one) => JSON.parse(JSON.stringify(one).replaceAll('-0', '0')) as Record<string, unknown>),
  ),
  rules: fc.uniqueArray(rule, { maxLength: 4, selector: (one) => one.name.toLowerCase() }),
})
const device = fc.record({
  code: name.map((one) => one.replaceAll(/[:{}$]/g, '')).filter((one) => /^\S/.test(one)),
  name,
  area: text,
  protocol: fc.constant('modbus'),
  commTimeoutSeconds: fc.constantFrom(null, 5, 60),
  pollMillis: fc.integer({ min: 50, max: 5000 }),
  connection: fc.record({
    host: text,
    port: fc.integer(),
    byteSwap: fc.boolean(),
    nested: fc.constantFrom({ a: [1, 'x', null] }, null, 'null', '', '"', 5, '5', 'true', true),
  }),
  tags: fc.uniqueArray(tag, { maxLength: 4, selector: (one) => one.name.toLowerCase() }),
})
const plant = fc.uniqueArray(device, { maxLength: 4, selector: (one) => one.code.toLowerCase() }).map((devices) => devicesOf(devices))

function devicesOf(devices: readonly unknown[]): PlantDevice[] {
  return parsePlantFile({ synctide: 1, devices }).devices ?? []
}

function read(sheets: readonly RawSheet[], current: readonly PlantDevice[] = [], remove = false): SheetReading {
  return readSheets(sheets, current, columns, remove)
}

async function throughCsv(devices: readonly PlantDevice[], decimal: '.' | ','): Promise<RawSheet[]> {
  const look = decimal === ',' ? ({ delimiter: ';', decimal } as const) : ({ delimiter: ',', decimal } as const)
  const files = writeSheets(devices, columns).map((sheet) => ({ name: `${sheet.name}.csv`, bytes: writeCsvFile(sheet, look) }))
  return (await Promise.all(files.map(readWorkbook))).flat()
}

test('any plant comes back from CSV as it went, with point and with comma', async () => {
  await fc.assert(
    fc.asyncProperty(plant, fc.constantFrom('.' as const, ',' as const), async (devices, decimal) => {
      const { devices: back, problems } = read(await throughCsv(devices, decimal))
      assert.deepEqual(problems, [])
      assert.deepEqual(back, devices)
    }),
  )
})

test('any plant comes back from a workbook as it went; whatever stood there before makes no difference', async () => {
  await fc.assert(
    fc.asyncProperty(plant, plant, async (devices, before) => {
      const sheets = [...writeSheets(devices, columns), writeGuide(columns)]
      const raw = await readWorkbook({ name: 'plant.xlsx', bytes: await writeWorkbook(sheets) })
      const { devices: back, problems } = read(raw, before, true)
      assert.deepEqual(problems, [])
      const inOrder = devices.map((one) => back.find((other) => other.code === one.code))
      assert.equal(back.length, devices.length)
      assert.deepEqual(sorted(inOrder), sorted(devices))
    }),
    { numRuns: 8 },
  )
})

test('devices of every protocol come back, with what their forms offer', async () => {
  const filled = (schema: JsonSchema): Record<string, unknown> => {
    const secrets = secretFieldsOf(schema)
    const fields = Object.entries((schema['properties'] ?? {}) as Record<string, { default?: unknown; examples?: unknown[] }>)
    return Object.fromEntries(
      fields.flatMap(([key, field]) => {
        const value = field.default ?? field.examples?.[0]
        return value === undefined || secrets.includes(key) ? [] : [[key, value]]
      }),
    )
  }
  const devices = devicesOf(
    await Promise.all(
      PROTOCOLS.map(async (protocol) => {
        const { connectionSchema, tagSchema } = await driverOf(protocol)
        const tags = [{ name: 'A', address: '1', settings: filled(tagSchema) }]
        return { code: protocol, name: protocol, protocol, connection: filled(connectionSchema), tags }
      }),
    ),
  )
  assert.ok(devices.every((one) => Object.keys(one.connection).length > 0))
  for (const decimal of ['.', ','] as const) {
    const { devices: back, problems } = read(await throughCsv(devices, decimal))
    assert.deepEqual(problems, [])
    assert.deepEqual(back, devices)
  }
})

const PLANT = devicesOf([
  {
    code: 'PS-01',
    name: 'Pumps',
    protocol: 'modbus',
    connection: { host: 'plc', port: 1502 },
    tags: [
      { name: 'Flow', address: 'HR0', unit: 'm³/h', scale: 0.1, rules: [{ name: 'High', operator: '>', setpoint: 5 }] },
      { name: 'Level', address: 'HR2' },
    ],
  },
  { code: 'PS-02', name: 'Other', protocol: 'modbus', connection: { host: 'plc2' } },
])
const sheet = (title: string, ...rows: RawSheet['rows']): RawSheet => ({ place: title, title, rows })
const told = ({ place, row, column, message }: SheetProblem): string => `${place} ${row} ${column}: ${message}`

test('a column that is missing leaves its field alone, an empty cell puts it back', () => {
  const { devices, problems } = read([sheet('Tags', ['device', 'name', 'unit', 'decimals'], ['ps-01', 'flow', null, 3])], PLANT)
  assert.deepEqual(problems, [])
  const [flow, level] = devices[0]?.tags ?? []
  assert.deepEqual([flow?.unit, flow?.decimals, flow?.scale, flow?.rules.length], ['', 3, 0.1, 1])
  assert.deepEqual(level, PLANT[0]?.tags[1])
})

test('a new device needs little; its name may be its code', () => {
  const { devices, problems } = read([sheet('devices', ['code', 'protocol', 'connection.host'], ['PS-03', 'MODBUS', 'plc3'])], PLANT)
  assert.deepEqual(problems, [])
  assert.deepEqual(devices[2], devicesOf([{ code: 'PS-03', name: 'PS-03', protocol: 'modbus', connection: { host: 'plc3' } }])[0])
})

test('what the file leaves out goes only when asked, and only where the file speaks of it', () => {
  const tags = sheet('Tags', ['device', 'name'], ['PS-01', 'Flow'])
  assert.equal(read([tags], PLANT).devices[0]?.tags.length, 2)
  const removed = read([tags], PLANT, true).devices
  assert.deepEqual(
    removed.map((one) => [one.code, one.tags.map((tag) => [tag.name, tag.rules.length])]),
    [
      ['PS-01', [['Flow', 1]]],
      ['PS-02', []],
    ],
  )
  const devices = sheet('Devices', ['code'], ['PS-02'])
  assert.deepEqual(
    read([devices], PLANT, true).devices.map((one) => one.code),
    ['PS-02'],
  )
})

test('every problem is told with its sheet, row, column and what was probably meant', () => {
  const { problems } = read(
    [
      sheet(
        'Devices',
        ['code', 'protocol', 'Poll Millis', 'connection.host'],
        ['PS-01', 'modbuss', 'fast', 'x'],
        ['', 'modbus', 1000, 'y'],
        ['PS-09', 'modbus', 10, 'z'],
      ),
      sheet(
        'Tags',
        ['device', 'name', 'adress', 'scale'],
        ['PS-1', 'A', 'HR1', 1],
        ['PS-01', 'B', 'HR1', '1.234,5'],
        ['PS-01', 'Flow', 'HR1', 0],
        ['PS-01', 'Flow', 'HR1', 1],
      ),
      sheet(
        'Rules',
        ['device', 'tag', 'name', 'setpoint', 'operator'],
        ['PS-01', 'Flaw', 'High', 1, '>'],
        ['PS-01', 'Level', 'Low', 'x', '=>'],
      ),
    ],
    PLANT,
  )
  assert.deepEqual(problems.map(told), [
    'Tags 1 adress: There is no column "adress"; did you mean address?',
    'Devices 2 protocol: There is no protocol "modbuss"; did you mean modbus?',
    'Devices 2 pollMillis: "fast" is no number.',
    'Devices 3 code: The code is missing.',
    'Devices 4 pollMillis: must be at least 50',
    'Tags 2 device: There is no device PS-1; did you mean PS-01?',
    'Tags 3 scale: "1.234,5" is no number.',
    'Tags 4 scale: A scale of 0 would make every value 0.',
    'Tags 5 name: The tag PS-01 / Flow stands in row 4 already.',
    'Rules 2 tag: PS-01 has no tag Flaw; did you mean Flow?',
    'Rules 3 setpoint: "x" is no number.',
    'Rules 3 operator: There is no operator "=>"; did you mean >?',
  ])
})

test('what a spreadsheet made of an address is not guessed at', () => {
  const address = (cell: RawSheet['rows'][number][number]): string[] =>
    read([sheet('Tags', ['device', 'name', 'address'], ['PS-01', 'X', cell])], PLANT).problems.map(told)
  assert.deepEqual(address(40001), [])
  assert.match(address(40001.1)[0] ?? '', /40001\.10 look the same/)
  assert.match(address(new Date())[0] ?? '', /made a date/)
})

test('a fifth rule is refused where it stands', () => {
  const rows = [1, 2, 3, 4].map((n) => ['PS-01', 'Flow', `Rule ${n}`, '>', n])
  const { problems } = read([sheet('Rules', ['device', 'tag', 'name', 'operator', 'setpoint'], ...rows)], PLANT)
  assert.deepEqual(problems.map(told), ['Rules 5 name: PS-01 / Flow would have 5 rules; four are the most.'])
})

test('a CSV is known by its headings, other sheets are left alone, and nothing at all is told', () => {
  const csv = (rows: RawSheet['rows']): RawSheet => ({ place: 'x.csv', title: '', rows })
  assert.equal(
    read(
      [
        csv([
          ['Device', 'Name', 'Address'],
          ['PS-01', 'New', 'HR9'],
        ]),
      ],
      PLANT,
    ).devices[0]?.tags.length,
    3,
  )
  assert.equal(
    read(
      [
        csv([
          ['device', 'tag', 'name', 'setpoint', 'operator'],
          ['PS-01', 'Level', 'Low', 1, '<'],
        ]),
      ],
      PLANT,
    ).devices[0]?.tags[1]?.rules.length,
    1,
  )
  assert.match(told(read([sheet('Tagz', ['a'], ['b'])], PLANT).problems[0] as SheetProblem), /did you mean Tags\?/)
  assert.deepEqual(read([sheet('Notes', ['a'], ['b']), sheet('Tags', ['device', 'name'])], PLANT).problems, [])
})

test('files of spreadsheets in their encodings', async () => {
  const rows = async (bytes: Uint8Array): Promise<unknown> => (await readWorkbook({ name: 'x.csv', bytes }))[0]?.rows
  const table = [
    ['name', 'unit'],
    ['Caudal', 'm³'],
  ]
  assert.deepEqual(await rows(Buffer.from('name;unit\r\nCaudal;m³')), table)
  assert.deepEqual(await rows(Buffer.from('name;unit\r\nCaudal;m³', 'latin1')), table)
  assert.deepEqual(await rows(Buffer.from('\uFEFFname\tunit\r\nCaudal\tm³', 'utf16le')), table)
})

test('what is no spreadsheet is refused in words', async () => {
  const refused = async (bytes: Uint8Array): Promise<string> => {
    const error = await readWorkbook({ name: 'x', bytes }).then(
      () => assert.fail('was read'),
      (thrown: unknown) => thrown,
    )
    assert.ok(error instanceof InvalidRequest)
    return error.message
  }
  assert.match(await refused(Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0)), /old format/)
  assert.match(await refused(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0)), /neither/)
  assert.match(await refused(Buffer.from('PK\u0003\u0004 and then nothing')), /cannot be read/)
  const whole = Buffer.from(await writeExcelFile([['a']]).toBuffer())
  assert.match(await refused(whole.subarray(0, whole.length / 2)), /cannot be read/)
  assert.match(await refused(bomb()), /unpacks to/)
})

/** A ZIP file of a few hundred kilobytes that says it becomes 300 MB. */
function bomb(): Buffer {
  const packed = deflateRawSync(Buffer.alloc(1024 * 1024))
  const title = Buffer.from('xl/worksheets/sheet1.xml')
  const local = Buffer.alloc(30)
  local.writeUInt32LE(0x04034b50, 0)
  local.writeUInt16LE(8, 8)
  local.writeUInt32LE(packed.length, 18)
  local.writeUInt16LE(title.length, 26)
  const central = Buffer.alloc(46)
  central.writeUInt32LE(0x02014b50, 0)
  central.writeUInt16LE(8, 10)
  central.writeUInt32LE(packed.length, 20)
  central.writeUInt32LE(300 * 1024 * 1024, 24)
  central.writeUInt16LE(title.length, 28)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(30 + title.length + packed.length, 16)
  return Buffer.concat([local, title, packed, central, title, end])
}

function sorted(devices: readonly (PlantDevice | undefined)[]): unknown {
  const by = <T extends { name: string }>(list: readonly T[]): T[] => list.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return devices.map((one) => one && { ...one, tags: by(one.tags.map((tag) => ({ ...tag, rules: by(tag.rules) }))) })
}
