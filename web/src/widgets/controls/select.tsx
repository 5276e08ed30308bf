import type { ReactNode, SelectHTMLAttributes } from 'react'

/** The browser's own choice of one, which phones show as they are used to. */
export function Select({ label, className, ...rest }: SelectHTMLAttributes<HTMLSelectElement> & { readonly label?: string }): ReactNode {
  const select = (
    <span className="select">
      <select {...rest} />
    </span>
  )
  const classes = className === undefined ? 'field' : `field ${className}`
  if (label === undefined) return <span className={classes}>{select}</span>
  return (
    <label className={classes}>
      <span>{label}</span>
      {select}
    </label>
  )
}
