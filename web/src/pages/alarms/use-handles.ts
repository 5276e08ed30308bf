import { useCallback } from 'react'
import { inCategories } from '#domain/category.ts'
import { useSession } from '../../session.tsx'

/** Whether this user may acknowledge an alarm, put it aside or bring it back, reset it and comment it: some handle certain categories only. */
export function useHandles(): (alarm: { readonly category?: string | undefined }) => boolean {
  const { me, may } = useSession()
  return useCallback(({ category = '' }) => may('operator') && inCategories(me.categories, category), [me, may])
}
