import { Button, NativeSelect, PasswordInput, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { LANGUAGES } from '#domain/contact.ts'
import { call } from '../api/client.ts'
import { bestLanguage, useT } from '../i18n/language.ts'
import { LANGUAGE_NAMES } from '../i18n/language-names.ts'
import { bootstrapQuery, useSession } from '../session.tsx'
import { ErrorNote } from '../widgets/error-note.tsx'
import { tellDone } from '../widgets/notices.tsx'
import { PageHead } from '../widgets/page-head.tsx'
import { fieldErrors } from '../widgets/schema-form/schema.ts'
import { NewPassword } from './new-password.tsx'
import './public-frame.css'
import { ZoneSelect } from './zone-select.tsx'

/** One's own name, language, zone and password. */
export function MePage(): ReactNode {
  const t = useT()
  const { me } = useSession()
  return (
    <>
      <PageHead title={t('me.title')} aside={<span className="muted">{me.login}</span>} />
      <div className="two-columns">
        <Profile />
        <Password />
      </div>
    </>
  )
}

function Profile(): ReactNode {
  const t = useT()
  const { me, site } = useSession()
  const queries = useQueryClient()
  const [displayName, setDisplayName] = useState(me.displayName)
  const [language, setLanguage] = useState<string>(me.language ?? '')
  const [zone, setZone] = useState(me.timeZone ?? '')
  const save = useMutation({
    mutationFn: () =>
      call('PUT /api/me', {
        body: { displayName, language: language === '' ? null : bestLanguage([language]), timeZone: zone === '' ? null : zone },
      }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: bootstrapQuery.queryKey })
      tellDone(t('me.saved'))
    },
  })
  const errors = fieldErrors(save.error)
  return (
    <section className="card" aria-labelledby="profile">
      <div className="card-head">
        <h2 id="profile">{t('me.profile')}</h2>
      </div>
      <form
        className="card-body stack"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <TextInput
          label={t('account.displayName')}
          name="name"
          autoComplete="name"
          required
          maxLength={200}
          value={displayName}
          error={errors['displayName']}
          onChange={(event) => setDisplayName(event.currentTarget.value)}
        />
        <NativeSelect
          label={t('account.language')}
          name="language"
          value={language}
          onChange={(event) => setLanguage(event.currentTarget.value)}
        >
          <option value="">{t('me.siteLanguage', { language: LANGUAGE_NAMES[site.language] })}</option>
          {LANGUAGES.map((one) => (
            <option key={one} value={one} lang={one}>
              {LANGUAGE_NAMES[one]}
            </option>
          ))}
        </NativeSelect>
        <ZoneSelect value={zone} onChange={setZone} error={errors['timeZone']} placeholder={t('me.siteZone', { zone: site.timeZone })} />
        {Object.keys(errors).length === 0 && <ErrorNote error={save.error} />}
        <div>
          <Button type="submit" loading={save.isPending}>
            {t('action.save')}
          </Button>
        </div>
      </form>
    </section>
  )
}

function Password(): ReactNode {
  const t = useT()
  const queries = useQueryClient()
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const change = useMutation({
    mutationFn: () => call('POST /api/me/password', { body: { current, password } }),
    onSuccess: async () => {
      setCurrent('')
      setPassword('')
      await queries.invalidateQueries({ queryKey: bootstrapQuery.queryKey })
      tellDone(t('me.passwordChanged'))
    },
  })
  const errors = fieldErrors(change.error)
  return (
    <section className="card" aria-labelledby="password">
      <div className="card-head">
        <h2 id="password">{t('account.password')}</h2>
      </div>
      <form
        className="card-body stack"
        onSubmit={(event) => {
          event.preventDefault()
          change.mutate()
        }}
      >
        <PasswordInput
          label={t('me.currentPassword')}
          name="current-password"
          autoComplete="current-password"
          required
          value={current}
          error={errors['current']}
          onChange={(event) => setCurrent(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': t('form.showSecret') }}
        />
        <NewPassword value={password} onChange={setPassword} error={errors['password']} />
        {Object.keys(errors).length === 0 && <ErrorNote error={change.error} />}
        <p className="meta">{t('me.otherSessions')}</p>
        <div>
          <Button type="submit" loading={change.isPending}>
            {t('me.changePassword')}
          </Button>
        </div>
      </form>
    </section>
  )
}
