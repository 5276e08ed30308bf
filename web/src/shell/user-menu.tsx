import { IconCheck, IconDeviceDesktop, IconLogout, IconMoon, IconSun, IconUser } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { LANGUAGES, type Language } from '#domain/contact.ts'
import { LANGUAGE_NAMES } from '../i18n/language-names.ts'
import { call } from '../api/client.ts'
import { switchLanguage, useLanguage, useT } from '../i18n/language.ts'
import { leave } from '../leave.ts'
import { chooseScheme, useSchemeChoice } from '../scheme.ts'
import { bootstrapQuery, useSession } from '../session.tsx'
import { tellError } from '../widgets/notices.tsx'
import { PopMenu } from './pop-menu.tsx'

/** Name, language, theme and the way out. */
export function UserMenu(): ReactNode {
  const t = useT()
  const { me, timeZone } = useSession()
  const language = useLanguage()
  const queries = useQueryClient()
  const scheme = useSchemeChoice()

  const speak = async (wanted: Language): Promise<void> => {
    await switchLanguage(wanted)
    try {
      await call('PUT /api/me', { body: { displayName: me.displayName, language: wanted, timeZone: me.timeZone } })
      await queries.invalidateQueries({ queryKey: bootstrapQuery.queryKey })
    } catch (error) {
      tellError(error)
    }
  }
  const check = (on: boolean): ReactNode => (on ? <IconCheck size={16} aria-hidden /> : undefined)
  const themes = [
    ['light', <IconSun key="i" size={16} aria-hidden />],
    ['dark', <IconMoon key="i" size={16} aria-hidden />],
    ['auto', <IconDeviceDesktop key="i" size={16} aria-hidden />],
  ] as const
  return (
    <PopMenu
      label={t('user.menu', { name: me.displayName })}
      className="bar-item"
      place="below"
      face={<span>{initials(me.displayName)}</span>}
    >
      <div className="pop-menu-head meta">
        {me.displayName} · {t(`role.${me.role}`)}
        <br />
        {timeZone}
      </div>
      <Link to="/me">
        <IconUser size={16} aria-hidden />
        <span>{t('user.profile')}</span>
      </Link>
      <hr />
      {LANGUAGES.map((one) => (
        <button key={one} type="button" lang={one} aria-pressed={one === language} onClick={() => void speak(one)}>
          <span>{LANGUAGE_NAMES[one]}</span>
          {check(one === language)}
        </button>
      ))}
      <hr />
      {themes.map(([name, icon]) => (
        <button key={name} type="button" aria-pressed={name === scheme} onClick={() => chooseScheme(name)}>
          {icon}
          <span>{t(`theme.${name}`)}</span>
          {check(name === scheme)}
        </button>
      ))}
      <hr />
      <button type="button" onClick={() => void leave()}>
        <IconLogout size={16} aria-hidden />
        <span>{t('user.logout')}</span>
      </button>
    </PopMenu>
  )
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/)
  return [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word?.charAt(0).toLocaleUpperCase() ?? '').join('')
}
