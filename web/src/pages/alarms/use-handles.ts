import { useCallback } from 'react'
import { inCategories } from '#domain/category.ts'
import type { Alarm } from '../../api/replies.ts'
import { useSession } from '../../session.tsx'

/** Whether this user may acknowledge an alarm, put it aside, reset it and comment it: some handle certain categories only. */
export function useHandles(): (alarm: Alarm) => boolean {
  const { me, may } = useSession()
  return useCallback(({ category = '' }) => may('operator') && inCategories(me.categories, category), [me, may])
}
