import { type KeyboardEvent, type ReactNode, useRef } from 'react'
import { classicAddress, formatAddress } from '#drivers/modbus/core/address.ts'
import type { RegisterReadings, Registers } from '#drivers/modbus/core/interpret.ts'
import { inWords, useT } from '../../../i18n/language.ts'
import { useSession } from '../../../session.tsx'
import { Plausibility } from './plausibility.tsx'
import { formatReading, hexOf, layoutName } from './register-words.ts'
import type { Span } from './use-registers.ts'

interface Props {
  readonly span: Span
  readonly addressOffset: 0 | 1
  readonly registers: Registers
  readonly holes: ReadonlyMap<number, string>
  readonly readings: readonly RegisterReadings[]
  /** Names of tags by their first address. */
  readonly tagNames: ReadonlyMap<number, string>
  /** Index of the chosen register. */
  readonly chosen: number
  readonly onChoose: (index: number) => void
}

/** Every register of the span with its most plausible reading; bits with their state. */
export function RegisterTable({ span, addressOffset, registers, holes, readings, tagNames, chosen, onChoose }: Props): ReactNode {
  const t = useT()
  const { locale } = useSession()
  const body = useRef<HTMLTableSectionElement>(null)
  const bits = span.functionCode < 3
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const next = Math.max(0, Math.min(registers.length - 1, chosen + step))
    onChoose(next)
    body.current?.querySelectorAll<HTMLButtonElement>('button')[next]?.focus()
  }
  const nameOf = (index: number): string =>
    formatAddress({ functionCode: span.functionCode, start: span.start + index, bit: null }, addressOffset)
  return (
    <table className="grid register-table">
      <thead>
        <tr>
          <th scope="col">{t('config.address')}</th>
          {!bits && (
            <>
              <th scope="col" className="wide-only">
                {t('explore.hex')}
              </th>
              <th scope="col" className="number">
                uint16
              </th>
            </>
          )}
          <th scope="col">{bits ? t('config.value') : t('explore.best')}</th>
          {!bits && (
            <th scope="col" className="wide-only">
              {t('explore.plausible')}
            </th>
          )}
          <th scope="col" className="wide-only">
            {t('config.tag')}
          </th>
        </tr>
      </thead>
      <tbody ref={body}>
        {registers.map((register, index) => {
          const address = span.start + index
          const at = { functionCode: span.functionCode, start: address, bit: null }
          const name = nameOf(index)
          const { readings: [best] = [], partOf = null } = readings[index] ?? {}
          const hole = holes.get(address)
          return (
            <tr key={address} data-chosen={index === chosen || undefined}>
              <th scope="row">
                <button
                  type="button"
                  className="register-address"
                  aria-pressed={index === chosen}
                  onClick={() => onChoose(index)}
                  onKeyDown={onKeyDown}
                >
                  {name} <span className="meta">{classicAddress(at)}</span>
                </button>
              </th>
              {register === null ? (
                <td colSpan={bits ? 1 : 4} className="muted">
                  {t('explore.hole')}
                  {hole !== undefined && <span className="wide-only"> · {inWords(hole)}</span>}
                </td>
              ) : bits ? (
                <td className="numeric">{register}</td>
              ) : (
                <>
                  <td className="wide-only register-hex">{hexOf(register)}</td>
                  <td className="number numeric">{register}</td>
                  <td>
                    {partOf !== null ? (
                      <span className="muted">{t('explore.partOf', { address: nameOf(partOf) })}</span>
                    ) : (
                      best !== undefined && (
                        <span className="register-best">
                          <strong className="numeric">{formatReading(best.value, locale)}</strong>{' '}
                          <span className="meta">{layoutName(best.layout)}</span>
                        </span>
                      )
                    )}
                  </td>
                  <td className="wide-only">{partOf === null && best !== undefined && <Plausibility score={best.score} />}</td>
                </>
              )}
              <td className="wide-only clip">{tagNames.get(address)}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
