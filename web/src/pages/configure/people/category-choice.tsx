import { Checkbox, Switch } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useT } from '../../../i18n/language.ts'
import { categoriesQuery } from '../../alarms/categories-query.ts'
import { categoryTree } from '../../alarms/category-tree.ts'

interface Props {
  /** What the categories are for: what somebody is told of or handles, or a chain is for. */
  readonly of: 'told' | 'handles' | 'chain'
  readonly value: readonly string[] | null
  readonly onChange: (value: string[] | null) => void
}

/** Alarms of all categories, or of those ticked with all that is below them. */
export function CategoryChoice({ of, value, onChange }: Props): ReactNode {
  const t = useT()
  const { data = [] } = useQuery(categoriesQuery)
  const paths = categoryTree([...data, ...(value ?? [])])
  const isBelow = (path: string): boolean => (value ?? []).some((one) => path.startsWith(`${one}/`))
  // what lies below one that is ticked is ticked with it
  const shown = paths.filter((path) => value?.includes(path) === true || isBelow(path))
  return (
    <div className="stack">
      <Switch
        label={t(`category.all.${of}`)}
        description={paths.length === 0 ? t('category.none') : undefined}
        checked={value === null}
        onChange={(event) => onChange(event.currentTarget.checked ? null : [])}
      />
      {value !== null && (
        <Checkbox.Group
          label={t(`category.${of}`)}
          description={t('category.hint')}
          value={shown}
          onChange={(ticked) => onChange(ticked.filter((path) => value.includes(path) || !isBelow(path)))}
        >
          <div className="stack" style={{ marginTop: 8, gap: 8 }}>
            {paths.map((path) => (
              <Checkbox
                key={path}
                value={path}
                label={path.split('/').at(-1) ?? path}
                aria-label={path}
                style={{ marginInlineStart: `${(path.split('/').length - 1) * 24}px` }}
                disabled={isBelow(path)}
              />
            ))}
          </div>
        </Checkbox.Group>
      )}
    </div>
  )
}
