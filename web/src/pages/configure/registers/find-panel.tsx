import { Button, TextInput } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import { formatAddress, parseAddress } from '#drivers/modbus/core/address.ts'
import { findNumber, type Hit, parsePanelNumber } from '#drivers/modbus/core/find-number.ts'
import type { RegisterReadings } from '#drivers/modbus/core/interpret.ts'
import { useT } from '../../../i18n/language.ts'
import { useSession } from '../../../session.tsx'
import { formatReading, layoutName } from './register-words.ts'
import type { Span } from './use-registers.ts'

interface Props {
  readonly span: Span
  readonly addressOffset: 0 | 1
  readonly readings: readonly RegisterReadings[]
  readonly onChoose: (index: number) => void
  /** Makes the tag; null where there is no device yet to add it to. */
  readonly onPick: ((hit: Hit) => void) | null
  /** Reads around the address that the manual names. */
  readonly onGo: (address: string) => void
}

const SHOWN = 6

/** Type the number on the display of the device, and where the manual says it lies: the registers that could be it, best first. */
export function FindPanel({ span, addressOffset, readings, onChoose, onPick, onGo }: Props): ReactNode {
  const t = useT()
  const { locale } = useSession()
  const [number, setNumber] = useState('')
  const [manual, setManual] = useState('')
  const wanted = useMemo(() => parsePanelNumber(number), [number])
  const expected = useMemo(() => indexOf(manual, span, addressOffset), [manual, span, addressOffset])
  const hits = useMemo(
    () => (wanted === undefined ? [] : findNumber(readings, wanted, typeof expected === 'number' ? expected : null)),
    [wanted, readings, expected],
  )
  const [best] = hits
  const outside = typeof expected === 'number' && (expected < 2 || expected > span.count - 3)
  const nameOf = (index: number): string =>
    formatAddress({ functionCode: span.functionCode, start: span.start + index, bit: null }, addressOffset)
  return (
    <section className="find-panel" aria-label={t('explore.find')}>
      <div className="find-fields">
        <TextInput
          label={t('explore.number')}
          placeholder="23.5"
          inputMode="decimal"
          value={number}
          error={number.trim() !== '' && wanted === undefined ? t('explore.noNumber') : undefined}
          onChange={(event) => setNumber(event.currentTarget.value)}
        />
        <TextInput
          label={t('explore.manual')}
          placeholder="40101"
          value={manual}
          error={expected === 'wrong' ? t('explore.noAddress') : undefined}
          onChange={(event) => setManual(event.currentTarget.value)}
        />
      </div>
      {outside && (
        <Button size="compact-sm" variant="light" onClick={() => onGo(manual)}>
          {t('explore.readAround', { address: manual.trim() })}
        </Button>
      )}
      {wanted !== undefined && hits.length === 0 && (
        <p className="muted" aria-live="polite">
          {wanted.value === 0 ? t('explore.zero') : t('explore.nowhere')}
        </p>
      )}
      {wanted !== undefined && wanted.digits < 3 && hits.length > 0 && <p className="meta">{t('explore.fewDigits')}</p>}
      {best?.distance !== undefined && best.distance !== null && best.distance !== 0 && Math.abs(best.distance) <= 2 && (
        <p className="find-advice" aria-live="polite">
          {t('explore.beside', { address: nameOf(best.index), distance: best.distance > 0 ? `+${best.distance}` : `−${-best.distance}` })}
        </p>
      )}
      {hits.length > 0 && (
        <ol className="plain-list find-hits">
          {hits.slice(0, SHOWN).map((hit) => (
            <li key={`${hit.index} ${layoutName(hit.layout)} ${hit.scale}`}>
              <button type="button" className="reading find-hit" onClick={() => onChoose(hit.index)}>
                <strong>{nameOf(hit.index)}</strong>
                <span>{layoutName(hit.layout)}</span>
                <span className="numeric">
                  {formatReading(hit.raw, locale)}
                  {hit.scale !== 1 && ` × ${hit.scale.toLocaleString(locale, { maximumFractionDigits: 6 })}`}
                </span>
                {!hit.exact && <span className="meta">{t('explore.near')}</span>}
              </button>
              {onPick !== null && (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={t('explore.makeTagAt', { address: nameOf(hit.index), type: layoutName(hit.layout) })}
                  onClick={() => onPick(hit)}
                >
                  {t('explore.makeTag')}
                </Button>
              )}
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

/** Where the manual's address lies in the span; null for none given. It may lie outside. */
function indexOf(manual: string, span: Span, addressOffset: 0 | 1): number | 'wrong' | null {
  if (manual.trim() === '') return null
  try {
    const address = parseAddress(manual, { addressOffset })
    return address.functionCode === span.functionCode ? address.start - span.start : 'wrong'
  } catch {
    return 'wrong'
  }
}
