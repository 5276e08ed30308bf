import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { call } from '../../api/client.ts'
import type { Tag } from '../../api/replies.ts'
import { useT } from '../../i18n/language.ts'
import { useSession } from '../../session.tsx'

/** A gap as the chart shows it. */
export interface ShownGap {
  readonly deviceId: number
  readonly tagId: number | null
  /** Seconds since 1970; one that lasts ends with the period. */
  readonly from: number
  readonly to: number
  /** Whose, and why. */
  readonly words: string
}

/** Gaps of the devices of these tags, with their causes. @param period seconds since 1970 */
export function useGaps(tags: readonly Tag[], period: { readonly from: number; readonly to: number }): readonly ShownGap[] {
  const t = useT()
  const { device, tag: tagOf } = useSession()
  const devices = [...new Set(tags.map((tag) => tag.deviceId))].join(',')
  const [from, to] = [Math.floor(period.from / 10) * 10, Math.ceil(period.to / 10) * 10]
  const { data } = useQuery({
    queryKey: ['gaps', 'of', devices, from, to],
    queryFn: async ({ signal }) => await call('GET /api/gaps', { query: { devices, from: from * 1e6, to: to * 1e6, limit: 500 } }, signal),
    enabled: devices !== '',
    placeholderData: (before) => before,
  })
  return useMemo(
    () =>
      (data?.gaps ?? []).flatMap((gap) => {
        if (gap.tagId !== null && !tags.some((tag) => tag.id === gap.tagId)) return []
        const whose = gap.tagId === null ? (device(gap.deviceId)?.code ?? '') : (tagOf(gap.tagId)?.name ?? '')
        const words = `${whose}: ${t(`gap.${gap.cause}`)}`
        return [{ deviceId: gap.deviceId, tagId: gap.tagId, from: gap.from / 1e6, to: gap.to === null ? Infinity : gap.to / 1e6, words }]
      }),
    [data, tags, device, tagOf, t],
  )
}
