import type { ComponentProps, ReactNode } from 'react'
import { useT } from '../../i18n/language.ts'
import { SchemaForm } from './schema-form.tsx'
import { splitSeldom } from './split-seldom.ts'

interface Props extends ComponentProps<typeof SchemaForm> {
  /** A field that is drawn in another way. */
  readonly without?: string | undefined
  /** Drawn between what is always needed and what seldom is. */
  readonly children?: ReactNode
}

/** The form of a served schema with the fields that are seldom needed folded away; they unfold when one of them is refused. */
export function FoldedForm({ schema, without, children, ...form }: Props): ReactNode {
  const t = useT()
  const { often, seldom } = splitSeldom(schema, without)
  const refused = Object.keys(form.errors ?? {}).some((field) => (field.split('.')[0] ?? '') in seldom.properties)
  return (
    <>
      <SchemaForm schema={often} {...form} />
      {children}
      {Object.keys(seldom.properties).length > 0 && (
        <details open={refused ? true : undefined}>
          <summary>{t('config.seldomNeeded')}</summary>
          <div className="card-body">
            <SchemaForm schema={seldom} {...form} />
          </div>
        </details>
      )}
    </>
  )
}
