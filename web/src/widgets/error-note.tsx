import type { ReactNode } from 'react'
import { asError } from '#base/errors.ts'
import { ApiError } from '../api/client.ts'
import { useErrorWords, useT } from '../i18n/language.ts'
import { Button } from './controls/button.tsx'

/** What went wrong, what to do about it, and the number to quote to whoever helps. */
export function ErrorNote({ error, retry }: { error: unknown; retry?: () => void }): ReactNode {
  const t = useT()
  const wordsOf = useErrorWords()
  if (error === null || error === undefined) return null
  const api = error instanceof ApiError ? error : null
  const meaning = api === null || api.isTranslated ? undefined : wordsOf(api.code)
  const { message } = asError(error)
  return (
    <div className="error-note" role="alert">
      <strong>{meaning ?? message}</strong>
      {meaning !== undefined && <span lang="en">{message}</span>}
      {api?.remedy !== null && api?.remedy !== undefined && <span>{api.remedy}</span>}
      {api !== null && api.requestId !== '' && <span className="meta">{t('error.request', { id: api.requestId })}</span>}
      {retry !== undefined && (
        <div>
          <Button size="compact-sm" variant="default" onClick={retry}>
            {t('action.retry')}
          </Button>
        </div>
      )}
    </div>
  )
}
