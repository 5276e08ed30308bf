import { IconSearch } from '@tabler/icons-react'
import type { ReactNode } from 'react'

interface Props {
  readonly className?: string
  readonly label: string
  readonly placeholder?: string
  readonly value: string
  readonly onChange: (text: string) => void
}

/** Text that narrows down a list. */
export function SearchBox({ className, label, placeholder = label, value, onChange }: Props): ReactNode {
  return (
    <span className={className === undefined ? 'search-box' : `search-box ${className}`}>
      <IconSearch size={16} aria-hidden />
      <input aria-label={label} placeholder={placeholder} value={value} onChange={(event) => onChange(event.currentTarget.value)} />
    </span>
  )
}
