import type { ErrorComponentProps } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef } from 'react'
import { useRouter } from '@tanstack/react-router'
import { ApiError } from '../api/client.ts'
import { ErrorNote } from './error-note.tsx'

const RETRY_MILLIS = 5000

/** A page that could not be shown: why, and once more; by itself when the server or its database was away. */
export function RouteError({ error, reset }: ErrorComponentProps): ReactNode {
  const router = useRouter()
  const again = (): void => {
    reset()
    void router.invalidate()
  }
  const retried = useRef(again)
  useEffect(() => {
    retried.current = again
  })
  // what is away comes back by itself, and so does the page
  const away = error instanceof ApiError && (error.status === 0 || error.status >= 500)
  useEffect(() => {
    if (!away) return undefined
    const timer = setInterval(() => retried.current(), RETRY_MILLIS)
    return () => clearInterval(timer)
  }, [away])
  return (
    <div className="main">
      <ErrorNote error={error} retry={again} />
    </div>
  )
}
