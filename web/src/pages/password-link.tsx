import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { call } from '../api/client.ts'
import { useT } from '../i18n/language.ts'
import { ErrorNote } from '../widgets/error-note.tsx'
import { fieldErrors } from '../widgets/schema-form/schema.ts'
import { enter } from './enter.ts'
import { NewPassword } from './new-password.tsx'
import { PublicFrame } from './public-frame.tsx'

/** A new user, or a forgotten password: the one-time link of an administrator. */
export function PasswordLinkPage(): ReactNode {
  const t = useT()
  const { token } = useSearch({ from: '/password' })
  const [password, setPassword] = useState('')
  const save = useMutation({
    mutationFn: () => call('POST /api/password-link', { body: { token, password } }),
    onSuccess: (me) => enter(me),
  })
  const error = fieldErrors(save.error)['password']
  if (token === '') {
    return (
      <PublicFrame title={t('passwordLink.title')}>
        <p>{t('passwordLink.noToken')}</p>
      </PublicFrame>
    )
  }
  return (
    <PublicFrame title={t('passwordLink.title')}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <NewPassword value={password} onChange={setPassword} error={error} />
        {error === undefined && <ErrorNote error={save.error} />}
        <Button type="submit" size="md" loading={save.isPending}>
          {t('passwordLink.submit')}
        </Button>
      </form>
    </PublicFrame>
  )
}
