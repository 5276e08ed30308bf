import type { ReactNode } from 'react'

/** The one h1 of a page, what stands beside it, and its actions. */
export function PageHead({ title, aside, actions }: { title: ReactNode; aside?: ReactNode; actions?: ReactNode }): ReactNode {
  return (
    <div className="page-head">
      <h1>{title}</h1>
      {aside}
      {actions !== undefined && <div className="actions">{actions}</div>}
    </div>
  )
}
