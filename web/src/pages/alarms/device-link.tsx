import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useSession } from '../../session.tsx'

/** To the page of a device. What SyncTide tells of itself, and a device that was removed, have none. */
export function DeviceLink({ id, code }: { readonly id: number; readonly code: string }): ReactNode {
  const { device } = useSession()
  if (device(id) === undefined) return code
  return (
    <Link to="/devices/$deviceId" params={{ deviceId: String(id) }}>
      {code}
    </Link>
  )
}
