import type { ReactNode } from 'react'
import { classicAddress, formatAddress } from '#drivers/modbus/core/address.ts'
import { BYTE_ORDERS, type DataType, type Layout, registersOf } from '#drivers/modbus/core/decode.ts'
import { bitsOf, type Interpretation } from '#drivers/modbus/core/interpret.ts'
import { useT } from '../../../i18n/language.ts'
import { useSession } from '../../../session.tsx'
import { Plausibility } from './plausibility.tsx'
import { formatReading, hexOf, layoutName, REASON_WORDS } from './register-words.ts'
import type { Span } from './use-registers.ts'

interface Props {
  readonly span: Span
  readonly addressOffset: 0 | 1
  readonly index: number
  readonly register: number
  /** The registers after it, as far as the longest reading reaches. */
  readonly following: readonly (number | null)[]
  readonly readings: readonly Interpretation[]
  /** Makes the tag; null where there is no device yet to add it to. */
  readonly onPick: ((layout: Layout) => void) | null
}

const SHORT: readonly DataType[] = ['uint16', 'int16', 'bcd16']
const LONG: readonly DataType[] = ['float', 'uint32', 'int32', 'bcd32', 'double', 'uint64', 'int64']
/** Four letters in a row come by chance now and then. */
const READABLE = 40
const WHOLE: Layout = { dataType: 'bool', byteOrder: 'ABCD', byteSwap: false, length: 0, encoding: 'utf-8', bit: null }

/** A nibble above 9: no number at all, and not the NaN that a float may hold. */
function isNoBcd({ layout, value }: Interpretation): boolean {
  return layout.dataType.startsWith('bcd') && Number.isNaN(value)
}

/** One register in every data type and byte order side by side; a click on the right one makes the tag. */
export function ReadingsPanel({ span, addressOffset, index, register, following, readings, onPick }: Props): ReactNode {
  const t = useT()
  const { locale } = useSession()
  const at = { functionCode: span.functionCode, start: span.start + index, bit: null }
  const [best] = readings
  const find = (dataType: DataType, wanted: Partial<Layout>): Interpretation | undefined =>
    readings.find(
      ({ layout }) =>
        layout.dataType === dataType &&
        (wanted.byteOrder === undefined || layout.byteOrder === wanted.byteOrder) &&
        (wanted.byteSwap === undefined || layout.byteSwap === wanted.byteSwap),
    )
  const cell = (key: string, reading: Interpretation | undefined): ReactNode => (
    <td key={key} data-best={(reading !== undefined && reading === best) || undefined}>
      {reading === undefined || isNoBcd(reading) ? (
        <span className="muted">–</span>
      ) : (
        <button
          type="button"
          className="reading"
          data-weak={reading.score < 25 || undefined}
          disabled={onPick === null}
          title={`${layoutName(reading.layout)} · ${t('explore.plausibility', { score: reading.score })}`}
          aria-label={t('explore.pick', { value: formatReading(reading.value, locale), type: layoutName(reading.layout) })}
          onClick={() => onPick?.(reading.layout)}
        >
          {formatReading(reading.value, locale)}
        </button>
      )}
    </td>
  )
  const texts = readings.filter((one) => one.layout.dataType === 'string' && one.score >= READABLE)
  return (
    <section className="readings" aria-label={t('explore.readingsOf', { address: formatAddress(at, addressOffset) })}>
      <div className="spread row">
        <h2>
          {formatAddress(at, addressOffset)} <span className="meta">{classicAddress(at)}</span>
        </h2>
        <span className="register-hex muted">{[register, ...following].map((one) => (one === null ? '––––' : hexOf(one))).join(' ')}</span>
      </div>
      {best !== undefined && (
        <p className="row">
          <strong className="numeric">{formatReading(best.value, locale)}</strong>
          <span>{layoutName(best.layout)}</span>
          <Plausibility score={best.score} />
          <span className="meta">{best.reasons.map((reason) => t(REASON_WORDS[reason])).join(' · ')}</span>
        </p>
      )}
      <div className="table-wrap">
        <table className="grid readings-table">
          <thead>
            <tr>
              <th scope="col">{t('config.type')}</th>
              {BYTE_ORDERS.map((order) => (
                <th key={order} scope="col" className="number">
                  {order}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {LONG.map((dataType) => (
              <tr key={dataType}>
                <th scope="row">{dataType}</th>
                {BYTE_ORDERS.map((byteOrder) => cell(byteOrder, find(dataType, { byteOrder })))}
              </tr>
            ))}
          </tbody>
          <tbody>
            <tr>
              <th scope="col">{t('explore.oneRegister')}</th>
              <th scope="col" className="number">
                AB
              </th>
              <th scope="col" className="number">
                BA
              </th>
            </tr>
            {SHORT.map((dataType) => (
              <tr key={dataType}>
                <th scope="row">{dataType}</th>
                {[false, true].map((byteSwap) => cell(String(byteSwap), find(dataType, { byteSwap })))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {texts.map((text) => (
        <p key={layoutName(text.layout) + String(text.layout.byteSwap)} className="row">
          <span className="meta">{t('explore.text')}</span>
          <button type="button" className="reading" disabled={onPick === null} onClick={() => onPick?.(text.layout)}>
            {formatReading(text.value, locale)}
          </button>
          {text.layout.byteSwap && <span className="meta">BA</span>}
        </p>
      ))}
      <fieldset className="register-bits">
        <legend className="visually-hidden">{t('explore.bits')}</legend>
        {bitsOf(register)
          .map((on, bit) => ({ on, bit }))
          .toReversed()
          .map(({ on, bit }) => (
            <button
              key={bit}
              type="button"
              className="register-bit"
              data-on={on || undefined}
              disabled={onPick === null}
              aria-label={t('explore.pickBit', { bit, state: on ? 1 : 0 })}
              onClick={() => onPick?.({ ...WHOLE, bit })}
            >
              <span className="meta">{bit}</span>
              {on ? 1 : 0}
            </button>
          ))}
      </fieldset>
      <p className="meta">{onPick === null ? t('explore.saveFirst') : t('explore.pickHint')}</p>
    </section>
  )
}

/** @returns how many registers the panel shows from its first one on */
export const PANEL_REGISTERS = registersOf({ dataType: 'double', length: 0 })
