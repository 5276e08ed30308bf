import type { ButtonHTMLAttributes, ReactNode } from 'react'

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly variant?: 'filled' | 'default' | 'subtle'
  readonly size?: 'compact-sm' | 'compact-md' | 'sm' | 'md'
  readonly loading?: boolean
  readonly leftSection?: ReactNode
}

/** A button of the pages that must open on a slow phone; takes what Mantine's takes of these. Links look the same with `buttonLook`. */
export function Button({ variant, size, loading = false, leftSection, className, disabled, children, ...rest }: Props): ReactNode {
  return (
    <button
      type="button"
      {...rest}
      className={[buttonLook(variant, size), className].filter(Boolean).join(' ')}
      disabled={disabled === true || loading}
      aria-busy={loading || undefined}
    >
      {leftSection}
      <span>{children}</span>
    </button>
  )
}

/** @returns the classes of a link that looks like a button */
export function buttonLook(variant: Props['variant'] = 'filled', size: Props['size'] = 'sm'): string {
  return `button button-${variant} button-${size}`
}
