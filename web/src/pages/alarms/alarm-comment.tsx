import { Button, Textarea } from '@mantine/core'
import { type ReactNode, useRef, useState } from 'react'
import { call } from '../../api/client.ts'
import { useT } from '../../i18n/language.ts'
import { useDeed } from './suppressions-query.ts'

/** Writes a comment at an occurrence. */
export function AlarmComment({ id }: { id: number }): ReactNode {
  const t = useT()
  const [text, setText] = useState('')
  const field = useRef<HTMLTextAreaElement>(null)
  const deed = useDeed()
  const written = (): void => {
    setText('')
    // the button has nothing to do now
    field.current?.focus({ preventScroll: true })
  }
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        const work = (): Promise<unknown> => call('POST /api/alarms/:id/comments', { params: { id }, body: { text: text.trim() } })
        deed.mutate({ work, done: t('page.commentDone') }, { onSuccess: written })
      }}
    >
      <Textarea
        ref={field}
        label={t('page.comment')}
        placeholder={t('acknowledge.placeholder')}
        autosize
        minRows={2}
        maxLength={2000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div>
        <Button type="submit" size="md" variant="default" loading={deed.isPending} disabled={text.trim() === ''}>
          {t('page.commentAdd')}
        </Button>
      </div>
    </form>
  )
}
