import type { ReactNode } from 'react'

/** The mark of the product. */
export function Wave({ size = 24 }: { size?: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden>
      <path d="M2 14.500c3-6 5.500-6 8.500-1s6 4.500 11-4" fill="none" stroke="var(--accent)" strokeWidth="2.800" strokeLinecap="round" />
    </svg>
  )
}
