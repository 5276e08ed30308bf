import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { LANGUAGES } from '#domain/contact.ts'
import { call } from '../api/client.ts'
import { bestLanguage, switchLanguage, useLanguage, useT } from '../i18n/language.ts'
import { LANGUAGE_NAMES } from '../i18n/language-names.ts'
import { ErrorNote } from '../widgets/error-note.tsx'
import { fieldErrors } from '../widgets/schema-form/schema.ts'
import { enter } from './enter.ts'
import { NewPassword } from './new-password.tsx'
import { PublicFrame } from './public-frame.tsx'
import { ZoneSelect } from './zone-select.tsx'

/** First run: the site and its administrator, from the one-time link that `npm start` printed. */
export function SetupPage(): ReactNode {
  const t = useT()
  const language = useLanguage()
  const { token } = useSearch({ from: '/setup' })
  const state = useQuery({ queryKey: ['setup'], queryFn: ({ signal }) => call('GET /api/setup', {}, signal) })
  const [siteName, setSiteName] = useState('')
  const [zone, setZone] = useState<string | null>(null)
  const [displayName, setDisplayName] = useState('')
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const timeZone = zone ?? state.data?.suggestedTimeZone ?? ''
  const make = useMutation({
    mutationFn: () => call('POST /api/setup', { body: { token, login, displayName, password, siteName, timeZone, language } }),
    onSuccess: (me) => enter(me),
  })
  const errors = fieldErrors(make.error)
  const known = Object.keys(errors).some((name) => ['siteName', 'timeZone', 'displayName', 'login', 'password'].includes(name))

  if (state.error !== null) {
    return (
      <PublicFrame title={t('setup.title')}>
        <ErrorNote error={state.error} retry={() => void state.refetch()} />
      </PublicFrame>
    )
  }
  if (state.data?.needed === false || (state.data !== undefined && token === '')) {
    return (
      <PublicFrame title={t('setup.title')}>
        <p>{state.data.needed ? t('setup.noToken') : t('setup.done')}</p>
        {!state.data.needed && (
          <Button component={Link} to="/login">
            {t('login.title')}
          </Button>
        )}
      </PublicFrame>
    )
  }
  return (
    <PublicFrame title={t('setup.title')} wide>
      <p className="muted">{t('setup.hint')}</p>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          make.mutate()
        }}
      >
        <h2>{t('setup.site')}</h2>
        <TextInput
          label={t('setup.siteName')}
          placeholder={t('form.example', { example: 'Riverside Water' })}
          name="site-name"
          required
          maxLength={200}
          error={errors['siteName']}
          value={siteName}
          onChange={(event) => setSiteName(event.currentTarget.value)}
        />
        <div className="two-columns">
          <ZoneSelect value={timeZone} onChange={setZone} error={errors['timeZone']} required />
          <NativeSelect
            label={t('account.language')}
            name="language"
            value={language}
            onChange={(event) => void switchLanguage(bestLanguage([event.currentTarget.value]))}
          >
            {LANGUAGES.map((one) => (
              <option key={one} value={one} lang={one}>
                {LANGUAGE_NAMES[one]}
              </option>
            ))}
          </NativeSelect>
        </div>
        <h2>{t('setup.administrator')}</h2>
        <div className="two-columns">
          <TextInput
            label={t('account.displayName')}
            name="name"
            autoComplete="name"
            required
            maxLength={200}
            error={errors['displayName']}
            value={displayName}
            onChange={(event) => setDisplayName(event.currentTarget.value)}
          />
          <TextInput
            label={t('account.login')}
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            required
            maxLength={64}
            error={errors['login']}
            value={login}
            onChange={(event) => setLogin(event.currentTarget.value)}
          />
        </div>
        <NewPassword value={password} onChange={setPassword} error={errors['password']} />
        {!known && <ErrorNote error={make.error} />}
        <Button type="submit" size="md" loading={make.isPending}>
          {t('setup.submit')}
        </Button>
      </form>
    </PublicFrame>
  )
}
