import { ActionIcon, Button, NativeSelect, NumberInput, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useT } from '../../../i18n/language.ts'
import { addPoint } from '../../../widgets/curve/move-point.ts'
import { type CurveDraft, sorted } from './curve-draft.ts'

interface Props {
  readonly draft: CurveDraft
  readonly errors: Readonly<Record<string, string>>
  readonly change: (change: Partial<CurveDraft>, kind: string) => void
}

/** Everything of a curve that is written: its name, its band, and its points as a table. */
export function CurveFields({ draft, errors, change }: Props): ReactNode {
  const t = useT()
  return (
    <div className="stack">
      <TextInput
        label={t('config.name')}
        description={t('curves.nameHint')}
        required
        maxLength={200}
        value={draft.name}
        error={errors['name']}
        onChange={(event) => change({ name: event.currentTarget.value }, 'name')}
      />
      <div className="curve-band-fields">
        <NumberInput
          label={t('curves.tolerance')}
          hideControls
          required
          allowNegative={false}
          value={draft.tolerance}
          error={errors['tolerance']}
          onChange={(value) => {
            if (typeof value === 'number') change({ tolerance: value }, 'tolerance')
          }}
        />
        <NativeSelect
          label={t('curves.toleranceIn')}
          value={draft.percent ? 'percent' : 'units'}
          data={[
            { value: 'percent', label: t('curves.percentOfLine') },
            { value: 'units', label: draft.yUnit === '' ? t('curves.unitsOfY') : draft.yUnit },
          ]}
          onChange={(event) => change({ percent: event.currentTarget.value === 'percent' }, 'percent')}
        />
      </div>
      <PointsTable draft={draft} error={errors['points']} change={change} />
    </div>
  )
}

function PointsTable({ draft, error, change }: Omit<Props, 'errors'> & { error: string | undefined }): ReactNode {
  const t = useT()
  const { points } = draft
  const withUnit = (name: string, unit: string): string => (unit === '' ? name : `${name} (${unit})`)
  const set = (index: number, axis: 0 | 1, value: number): void =>
    change({ points: points.map((point, at) => (at !== index ? point : axis === 0 ? [value, point[1]] : [point[0], value])) }, 'table')
  const sort = (): void => {
    const ordered = sorted(points)
    if (ordered.some((point, index) => point !== points[index])) change({ points: ordered }, 'table')
  }
  return (
    <div>
      <table className="grid curve-points">
        <thead>
          <tr>
            <th scope="col">{withUnit('X', draft.xUnit)}</th>
            <th scope="col">{withUnit('Y', draft.yUnit)}</th>
            <th scope="col">
              <span className="visually-hidden">{t('config.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {points.map((point, index) => (
            // rows have no name of their own
            <tr key={index}>
              {([0, 1] as const).map((axis) => (
                <td key={axis}>
                  <NumberInput
                    aria-label={t(axis === 0 ? 'curves.xOf' : 'curves.yOf', { number: index + 1 })}
                    hideControls
                    value={point[axis]}
                    onBlur={sort}
                    onChange={(value) => {
                      if (typeof value === 'number') set(index, axis, value)
                    }}
                  />
                </td>
              ))}
              <td>
                <ActionIcon
                  variant="subtle"
                  color="critical"
                  aria-label={t('curves.removePoint', { number: index + 1 })}
                  disabled={points.length <= 2}
                  onClick={() => change({ points: points.toSpliced(index, 1) }, `remove ${points.length}`)}
                >
                  <IconTrash size={16} aria-hidden />
                </ActionIcon>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {error !== undefined && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
      <Button
        variant="default"
        mt="xs"
        leftSection={<IconPlus size={16} aria-hidden />}
        onClick={() => change({ points: addPoint(sorted(points), widest(sorted(points))).points }, `add ${points.length}`)}
      >
        {t('curves.addPoint')}
      </Button>
    </div>
  )
}

/** @returns the index at which the widest segment begins: there a point is missed most */
function widest(points: CurveDraft['points']): number {
  const wide = points.map(([x], index) => (points[index + 1]?.[0] ?? x) - x)
  return wide.indexOf(Math.max(...wide))
}
