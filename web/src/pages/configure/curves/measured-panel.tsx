import { Button, NativeSelect, NumberInput } from '@mantine/core'
import { IconSparkles } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { fitCurve } from '#calc/fit-curve.ts'
import { useT } from '../../../i18n/language.ts'
import { CURVE_SPAN_NAMES, type CurveSpan } from '../../curves/curve-spans.ts'
import type { Measured } from '../../curves/measured-query.ts'
import { TagChoice } from '../rules/tag-choice.tsx'
import type { CurveDraft } from './curve-draft.ts'

/** Over which tags and which time a curve is looked at. */
export interface Over {
  /** `Device:Tag` */
  readonly x: string
  readonly y: string
  readonly span: CurveSpan
}

interface Props {
  readonly over: Over
  readonly onOver: (change: Partial<Over>) => void
  readonly measured: Measured | undefined
  readonly percent: boolean
  readonly onFit: (change: Partial<CurveDraft>) => void
}

/** The history under a curve, and the curve that it suggests. */
export function MeasuredPanel({ over, onOver, measured, percent, onFit }: Props): ReactNode {
  const t = useT()
  const [count, setCount] = useState(8)
  const [none, setNone] = useState(false)
  const fit = (): void => {
    const fitted = measured === undefined ? undefined : fitCurve(measured.points, count)
    setNone(fitted === undefined)
    if (fitted === undefined) return
    const inPercent = percent && fitted.percent !== null
    onFit({ points: fitted.points, percent: inPercent, tolerance: (inPercent ? fitted.percent : fitted.tolerance) ?? 0 })
  }
  return (
    <div className="stack">
      <div className="curve-over">
        <TagChoice label={t('curves.xTag')} hint={t('rules.xTagHint')} value={over.x} onChange={(x) => onOver({ x })} />
        <TagChoice label={t('curves.yTag')} hint={t('rules.xTagHint')} value={over.y} onChange={(y) => onOver({ y })} />
        <NativeSelect
          label={t('trends.span')}
          description={t('curves.untilNow')}
          value={over.span}
          data={CURVE_SPAN_NAMES.map((name) => ({ value: name, label: name.replace(/(\d)(\D)/, '$1 $2') }))}
          onChange={(event) => onOver({ span: CURVE_SPAN_NAMES.find((name) => name === event.currentTarget.value) ?? '24h' })}
        />
      </div>
      <div className="row curve-fit">
        <NumberInput
          aria-label={t('curves.pointCount')}
          hideControls
          min={2}
          max={30}
          allowDecimal={false}
          w={64}
          value={count}
          onChange={(value) => {
            if (typeof value === 'number' && value >= 2 && value <= 30) setCount(value)
          }}
        />
        <span>{t('curves.pointCount')}</span>
        <Button
          leftSection={<IconSparkles size={16} aria-hidden />}
          disabled={measured === undefined || measured.known === 0}
          onClick={fit}
        >
          {t('curves.fit')}
        </Button>
        <span className="meta grow">{t('curves.fitHint')}</span>
      </div>
      {none && (
        <p className="meta" role="alert">
          {t('curves.fitNone')}
        </p>
      )}
    </div>
  )
}
