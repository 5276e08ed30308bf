import { NativeSelect, NumberInput, Switch } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Tag } from '../../../api/replies.ts'
import { useT } from '../../../i18n/language.ts'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { curvesQuery } from './curves-query.ts'
import { asksOf, type Draft } from './rule-draft.ts'
import type { Rule } from './rules-query.ts'
import { TagChoice } from './tag-choice.tsx'

const OPERATORS = ['>', '>=', '<', '<=', '=', '!='] as const

interface Props {
  readonly tag: Tag
  readonly draft: Draft
  readonly errors: Readonly<Record<string, string>>
  readonly set: (change: Partial<Draft>) => void
}

type Figure = 'setpoint' | 'deadband' | 'target' | 'windowSeconds' | 'modulus' | 'bit'

/** What only the chosen kind of rule asks for. */
export function RuleKindFields({ tag, draft, errors, set }: Props): ReactNode {
  const t = useT()
  const asks = asksOf(draft.kind)
  const withUnit = (text: string, unit: string): string => (unit === '' ? text : `${text} (${unit})`)
  const figure = (name: Figure, label: string, options: { hint?: string; optional?: boolean; whole?: boolean } = {}): ReactNode => (
    <NumberInput
      label={label}
      description={options.hint}
      hideControls
      required={options.optional !== true}
      allowDecimal={options.whole !== true}
      allowNegative={name === 'setpoint' || name === 'target'}
      value={draft[name] ?? ''}
      error={errors[name]}
      onChange={(value) => {
        if (typeof value === 'number') set({ [name]: value })
        else if (options.optional === true && value === '') set({ [name]: null })
      }}
    />
  )
  const setpoint = {
    limit: withUnit(t('config.threshold'), tag.unit),
    percent: t('rules.percent'),
    tolerance: withUnit(t('rules.tolerance'), tag.unit),
    amount: withUnit(t('rules.amount'), tag.unit),
    perMinute: withUnit(t('rules.perMinute'), tag.unit === '' ? '' : `${tag.unit}/min`),
    seconds: t('rules.staleSeconds'),
  }
  return (
    <>
      {asks.operator && (
        <NativeSelect
          label={t('config.operator')}
          value={draft.operator}
          data={[...OPERATORS]}
          onChange={(event) => set({ operator: event.currentTarget.value as Rule['operator'] })}
        />
      )}
      {asks.target && figure('target', withUnit(t('rules.target'), tag.unit))}
      {asks.setpoint === 'state' ? (
        <StateFields
          tag={tag}
          draft={draft}
          set={set}
          bit={figure('bit', t('rules.bit'), { hint: t('rules.bitHint'), optional: true, whole: true })}
        />
      ) : (
        asks.setpoint !== null && figure('setpoint', setpoint[asks.setpoint])
      )}
      {draft.kind === 'curve' && <CurveFields draft={draft} errors={errors} set={set} />}
      {asks.window && figure('windowSeconds', t('rules.window'), { hint: t('rules.windowHint') })}
      {draft.kind === 'totalizer' && figure('modulus', t('rules.modulus'), { hint: t('rules.modulusHint'), optional: true })}
      {asks.deadband && figure('deadband', t('config.hysteresis'), { hint: t('config.hysteresisHint') })}
    </>
  )
}

function StateFields({ tag, draft, set, bit }: Pick<Props, 'tag' | 'draft' | 'set'> & { bit: ReactNode }): ReactNode {
  const t = useT()
  const [off, on] = tag.stateText ?? ['0', '1']
  return (
    <>
      <NativeSelect
        label={t('rules.state')}
        value={String(draft.setpoint)}
        data={[
          { value: '1', label: on },
          { value: '0', label: off },
        ]}
        onChange={(event) => set({ setpoint: Number(event.currentTarget.value) })}
      />
      {tag.kind !== 'digital' && bit}
      <Switch
        className="wide"
        label={t('rules.transitionOnly')}
        description={t('rules.transitionOnlyHint')}
        checked={draft.transitionOnly}
        onChange={(event) => set({ transitionOnly: event.currentTarget.checked })}
      />
    </>
  )
}

function CurveFields({ draft, errors, set }: Omit<Props, 'tag'>): ReactNode {
  const t = useT()
  const query = useQuery(curvesQuery)
  const names = (query.data ?? []).map((curve) => curve.name)
  return (
    <>
      <NativeSelect
        label={t('rules.curve')}
        description={names.length === 0 && query.isSuccess ? t('rules.noCurve') : t('rules.curveHint')}
        required
        value={draft.curve}
        error={errors['curve']}
        data={['', ...names]}
        onChange={(event) => set({ curve: event.currentTarget.value })}
      />
      <TagChoice
        label={t('rules.xTag')}
        hint={t('rules.xTagHint')}
        required
        value={draft.xTag}
        error={errors['xTag']}
        onChange={(xTag) => set({ xTag })}
      />
      <ErrorNote error={query.error} retry={() => void query.refetch()} />
    </>
  )
}
