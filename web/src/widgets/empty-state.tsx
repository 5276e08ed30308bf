import type { ReactNode } from 'react'

/** Nothing to show, and what to do next. */
export function EmptyState({
  title,
  hint,
  icon,
  action,
}: {
  title: string
  hint?: string
  icon?: ReactNode
  action?: ReactNode
}): ReactNode {
  return (
    <div className="empty">
      {icon}
      <strong>{title}</strong>
      {hint !== undefined && <span>{hint}</span>}
      {action}
    </div>
  )
}
