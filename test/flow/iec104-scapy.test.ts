import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeI, encodeS, encodeU, takeFrames, UFunction } from '#drivers/iec104/core/apci.ts'
import {
  STANDARD_SIZES,
  encodeClockSynchronization,
  encodeCounterInterrogation,
  encodeInterrogation,
  readHeader,
  readObjects,
  type InformationObject,
} from '#drivers/iec104/core/asdu.ts'
import { readCp24, readCp56 } from '#drivers/iec104/core/cp56time2a.ts'
import { monitorType, type MonitorType } from '#drivers/iec104/core/type-table.ts'
import { QualityReason, reasonOf } from '#domain/sample.ts'
import { scapyIec104 } from '../support/scapy.ts'

interface Telegram {
  readonly octets: string
  readonly first: number | null
  readonly rx_seq_num: number
  readonly tx_seq_num: number
  readonly type_id: number
  readonly common_asdu_address: number
  readonly origin_address: number
  readonly items: readonly Readonly<Record<string, number>>[]
}

type Fields = Readonly<Record<string, number>>
const bits = (fields: Fields, ...names: readonly string[]): number =>
  names.reduce((sum, name, index) => sum + (fields[name] ?? 0) * 2 ** index, 0)
const swapped = (number: number): number => Buffer.from(number.toString(16).padStart(8, '0'), 'hex').readUInt32LE()

/** What scapy put in, in our words: value and detail. */
function expected({ group }: MonitorType, fields: Fields): readonly [unknown, number | undefined] {
  const contacts = (state = 0): boolean | null => (state === 1 || state === 2 ? state === 2 : null)
  switch (group) {
    case 'SP':
      return [fields['spi_value'] === 1, 0]
    case 'DP':
      return [contacts(fields['dpi_value']), fields['dpi_value']]
    case 'ST':
      return [fields['value'], fields['transient_state']]
    case 'BO':
      // the standard counts bits from the first octet on (7.2.6.13), and lib60870 2.4 with it; scapy 2.5.0 from the last
      return [swapped(fields['bsi'] ?? 0), 0]
    case 'NVA':
      return [(fields['normed_value'] ?? 0) / 32768, 0]
    case 'SVA':
    case 'R32':
      return [fields['scaled_value'], 0]
    case 'IT':
      return [fields['counter_value'], bits(fields, 'cy', 'ca', 'iv') * 32 + (fields['sq'] ?? 0)]
    case 'EP':
      return [contacts(fields['es']), (fields['es'] ?? 0) + 4 * (fields['elapsed_sec_milli'] ?? 0)]
    case 'EPS':
      return [bits(fields, 'gs', 'sl1', 'sl2', 'sl3', 'sie', 'srd'), fields['prot_act_sec_milli']]
    case 'EPO':
      return [bits(fields, 'gc', 'cl1', 'cl2', 'cl3'), fields['prot_cmd_sec_milli']]
    case 'PS': {
      // the standard sends the states before the changes, each from the first octet on (7.2.6.40), scapy 2.5.0 the other way round
      const names = [...Array(16).keys()].map((nth) => nth + 1)
      const wire = swapped(bits(fields, ...names.map((nth) => `st_${nth}`), ...names.map((nth) => `cd_${nth}`)))
      return [wire & 0xffff, wire >>> 16]
    }
  }
}

function expectedReason(fields: Fields): number {
  if (fields['iv'] === 1) return QualityReason.Invalid
  if (fields['nt'] === 1) return QualityReason.NotTopical
  if (fields['ov'] === 1) return QualityReason.Overflow
  if (fields['sb'] === 1) return QualityReason.Substituted
  return fields['bl'] === 1 ? QualityReason.Blocked : QualityReason.None
}

function checkTime(asdu: Uint8Array, object: InformationObject, type: MonitorType, fields: Fields): void {
  const at = object.at + type.shape.octets
  const within = (fields['minutes'] ?? 0) * 60_000_000 + (fields['sec_milli'] ?? 0) * 1000
  const marks = { invalid: fields['iv_time'] === 1, substituted: fields['gen'] === 1 }
  if (type.timeOctets === 3) assert.deepEqual(readCp24(asdu, at), { withinHour: within, ...marks })
  if (type.timeOctets !== 7) return
  const year = fields['year'] ?? 0
  const hours = Date.UTC(year < 76 ? 2000 + year : 1900 + year, (fields['month'] ?? 0) - 1, fields['day_of_month'], fields['hours'])
  const local = hours * 1000 + within
  assert.deepEqual(readCp56(asdu, at, 2026), { local, ...marks, summer: fields['su'] === 1, dayOfWeek: fields['weekday'] })
}

test('scapy encodes telegrams of every type, with SQ 0 and 1: we read every field', async () => {
  const seed = Math.floor(Math.random() * 1e9)
  // scapy's fields are exactly these
  const telegrams = (await scapyIec104(['encode', String(seed)])) as Telegram[]
  assert.equal(telegrams.length, 64)
  for (const telegram of telegrams) {
    const what = `type ${telegram.type_id}, seed ${seed}`
    const [frame] = takeFrames(Buffer.from(telegram.octets, 'hex')).frames
    assert.ok(frame?.kind === 'I', what)
    assert.deepEqual([frame.sendNumber, frame.receiveNumber], [telegram.tx_seq_num, telegram.rx_seq_num])
    const header = readHeader(frame.asdu, STANDARD_SIZES)
    const type = monitorType(telegram.type_id)
    assert.ok(header && type, what)
    assert.deepEqual(
      [header.typeId, header.count, header.commonAddress, header.originator, header.cause, header.sequence],
      [telegram.type_id, telegram.items.length, telegram.common_asdu_address, telegram.origin_address, 3, telegram.first !== null],
    )
    const objects = readObjects(frame.asdu, header, type, STANDARD_SIZES)
    assert.equal(objects?.length, telegram.items.length, what)
    telegram.items.forEach((fields, nth) => {
      const object = objects[nth]
      assert.ok(object)
      const address = telegram.first === null ? fields['information_object_address'] : telegram.first + nth
      assert.deepEqual([object.objectAddress, object.value, object.detail], [address, ...expected(type, fields)], what)
      const reason = expectedReason(fields)
      const noState = object.value === null && reason === QualityReason.None
      assert.equal(reasonOf(object.quality), noState ? QualityReason.NoData : reason, what)
      checkTime(frame.asdu, object, type, fields)
    })
  }
})

test('scapy reads what we send', async () => {
  const options = { sizes: STANDARD_SIZES, commonAddress: 4711, originator: 9 }
  const local = Date.parse('2026-10-25T01:30:15.678Z') * 1000
  const time = { local, invalid: false, substituted: false, summer: true, dayOfWeek: 7 }
  const frames = [
    encodeU(UFunction.StartDtAct),
    encodeU(UFunction.StopDtAct),
    encodeU(UFunction.TestFrAct),
    encodeU(UFunction.TestFrCon),
    encodeS(32767),
    encodeI(5, 300, encodeInterrogation(options)),
    encodeI(6, 301, encodeCounterInterrogation(options)),
    encodeI(7, 302, encodeClockSynchronization(time, options)),
  ]
  const read = await scapyIec104(['decode'], frames.map((bytes) => Buffer.from(bytes).toString('hex')).join('\n'))
  const head = { test: 0, ack: 0, cot: 6, origin_address: 9, common_asdu_address: 4711, num_io: 1, sq: 0 }
  const expectations: readonly Readonly<Record<string, unknown>>[] = [
    { class: 'IEC104_U_Message', startdt_act: 1, stopdt_act: 0, testfr_act: 0, testfr_con: 0 },
    { class: 'IEC104_U_Message', startdt_act: 0, stopdt_act: 1, testfr_act: 0, testfr_con: 0 },
    { class: 'IEC104_U_Message', startdt_act: 0, stopdt_act: 0, testfr_act: 1, testfr_con: 0 },
    { class: 'IEC104_U_Message', startdt_act: 0, stopdt_act: 0, testfr_act: 0, testfr_con: 1 },
    { class: 'IEC104_S_Message', rx_seq_num: 32767 },
    { ...head, type_id: 100, tx_seq_num: 5, rx_seq_num: 300, items: [{ information_object_address: 0, qoi: 20 }] },
    { ...head, type_id: 101, tx_seq_num: 6, rx_seq_num: 301, items: [{ information_object_address: 0, frz: 0, rqt: 5 }] },
    { ...head, type_id: 103, tx_seq_num: 7, rx_seq_num: 302 },
  ]
  assert.equal(read.length, expectations.length)
  expectations.forEach((expectation, nth) => assert.partialDeepStrictEqual(read[nth], expectation))
  const clock = { sec_milli: 15_678, minutes: 30, hours: 1, su: 1, weekday: 7, day_of_month: 25, month: 10, year: 26, iv_time: 0, gen: 0 }
  assert.partialDeepStrictEqual(read[7], { items: [clock] })
})
