import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { call } from '../api/client.ts'
import { useT } from '../i18n/language.ts'
import { ErrorNote } from '../widgets/error-note.tsx'
import { enter } from './enter.ts'
import { PublicFrame } from './public-frame.tsx'

export function LoginPage(): ReactNode {
  const t = useT()
  const { next } = useSearch({ from: '/login' })
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const setup = useQuery({ queryKey: ['setup'], queryFn: ({ signal }) => call('GET /api/setup', {}, signal) })
  const attempt = useMutation({
    mutationFn: () => call('POST /api/login', { body: { login, password } }),
    onSuccess: (me) => enter(me, next),
  })
  return (
    <PublicFrame title={t('login.title')}>
      {setup.data?.needed === true && <div className="banner">{t('login.setupNeeded')}</div>}
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          attempt.mutate()
        }}
      >
        <TextInput
          label={t('account.login')}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          required
          data-autofocus
          value={login}
          onChange={(event) => setLogin(event.currentTarget.value)}
        />
        <PasswordInput
          label={t('account.password')}
          name="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': t('form.showSecret') }}
        />
        <ErrorNote error={attempt.error} />
        <Button type="submit" size="md" loading={attempt.isPending}>
          {t('login.submit')}
        </Button>
        <p className="meta">{t('login.forgotten')}</p>
      </form>
    </PublicFrame>
  )
}
