import { Button, NumberInput } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import type { Tag } from '../../../api/replies.ts'
import { useT } from '../../../i18n/language.ts'
import { onDemand } from '../../../widgets/on-demand.tsx'
import type { CurveBody } from '../../curves/measured-query.ts'
import { bodyOf, freshRule } from '../rules/rule-draft.ts'

const BackTestPanel = onDemand(async () => (await import('../back-test/back-test-panel.tsx')).BackTestPanel)

/** @param x `Device:Tag`; @param y the tag that shall keep to the curve */
export function CurveBackTest({ curve, x, y }: { curve: CurveBody; x: string; y: Tag }): ReactNode {
  const t = useT()
  const [trying, setTrying] = useState(false)
  // it may be tried before it has a name
  const name = curve.name === '' ? '–' : curve.name
  const usual = freshRule(y, [], { kind: 'curve', name, curve: name, xTag: x, deadband: 0 })
  const [onDelaySeconds, setOnDelay] = useState(usual.onDelaySeconds)
  const named = useMemo(() => ({ ...curve, name }), [curve, name])
  if (!trying) {
    return (
      <div className="row">
        <Button variant="default" onClick={() => setTrying(true)}>
          {t('backTest.try')}
        </Button>
      </div>
    )
  }
  return (
    <>
      <NumberInput
        label={t('config.onDelay')}
        hideControls
        allowNegative={false}
        maw={220}
        value={onDelaySeconds}
        onChange={(value) => {
          if (typeof value === 'number') setOnDelay(value)
        }}
      />
      <BackTestPanel tag={y} rule={bodyOf({ ...usual, onDelaySeconds })} curve={named} />
    </>
  )
}
