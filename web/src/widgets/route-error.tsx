import type { ErrorComponentProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useRouter } from '@tanstack/react-router'
import { ErrorNote } from './error-note.tsx'

/** A page that could not be shown: why, and once more. */
export function RouteError({ error, reset }: ErrorComponentProps): ReactNode {
  const router = useRouter()
  const again = (): void => {
    reset()
    void router.invalidate()
  }
  return (
    <div className="main">
      <ErrorNote error={error} retry={again} />
    </div>
  )
}
