import { useMutation, type UseMutationResult } from '@tanstack/react-query'
import { call, type CallReply } from '../../api/client.ts'
import { useT } from '../../i18n/language.ts'
import { refresh } from '../../query-client.ts'
import { tellDone, tellError } from '../../widgets/notices.tsx'

export interface Acknowledgement {
  readonly ids: readonly number[]
  readonly comment: string
}

/** Acknowledges and says what came of it; when somebody was first, who. */
export function useAcknowledge(): UseMutationResult<CallReply<'POST /api/alarms/acknowledge'>, Error, Acknowledgement> {
  const t = useT()
  return useMutation({
    mutationFn: ({ ids, comment }: Acknowledgement) =>
      call('POST /api/alarms/acknowledge', { body: { ids: [...ids], comment: comment.trim() === '' ? null : comment.trim() } }),
    onSuccess: async ({ results }) => {
      const done = results.filter((one) => one.result === 'acknowledged').length
      if (done > 0) tellDone(t('acknowledge.done', { count: done }))
      const first = results.find((one) => one.result === 'already')
      if (first !== undefined) tellDone(t('acknowledge.already', { who: first.acknowledgedBy ?? '–' }))
      if (results.some((one) => one.result === 'not_found')) tellDone(t('acknowledge.gone'))
      await Promise.all([refresh(['alarms']), refresh(['alarm'])])
    },
    onError: (error: Error) => tellError(error),
  })
}
