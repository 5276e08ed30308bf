import type { ButtonHTMLAttributes, ReactNode } from 'react'

/** A quiet button with a picture; `aria-label` says what it does. */
export function IconButton({ className, ...rest }: ButtonHTMLAttributes<HTMLButtonElement> & { readonly 'aria-label': string }): ReactNode {
  return <button type="button" {...rest} className={className === undefined ? 'icon-button' : `icon-button ${className}`} />
}
