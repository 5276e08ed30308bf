import { Menu, useMantineColorScheme } from '@mantine/core'
import { IconCheck, IconDeviceDesktop, IconLogout, IconMoon, IconSun, IconUser } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { LANGUAGES, type Language } from '#domain/contact.ts'
import { LANGUAGE_NAMES } from '../i18n/language-names.ts'
import { call } from '../api/client.ts'
import { switchLanguage, useLanguage, useT } from '../i18n/language.ts'
import { leave } from '../leave.ts'
import { bootstrapQuery, useSession } from '../session.tsx'
import { tellError } from '../widgets/notices.tsx'

/** Name, language, theme and the way out. */
export function UserMenu(): ReactNode {
  const t = useT()
  const { me, timeZone } = useSession()
  const language = useLanguage()
  const queries = useQueryClient()
  const { colorScheme, setColorScheme } = useMantineColorScheme()

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
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <button type="button" className="bar-item" aria-label={t('user.menu', { name: me.displayName })}>
          <span aria-hidden>{initials(me.displayName)}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label c="var(--muted)">
          {me.displayName} · {t(`role.${me.role}`)}
          <br />
          {timeZone}
        </Menu.Label>
        <Menu.Item component={Link} to="/me" leftSection={<IconUser size={16} aria-hidden />}>
          {t('user.profile')}
        </Menu.Item>
        <Menu.Divider />
        {LANGUAGES.map((one) => (
          <Menu.Item
            key={one}
            lang={one}
            aria-current={one === language ? 'true' : undefined}
            onClick={() => void speak(one)}
            rightSection={check(one === language)}
          >
            {LANGUAGE_NAMES[one]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        {themes.map(([name, icon]) => (
          <Menu.Item
            key={name}
            leftSection={icon}
            aria-current={name === colorScheme ? 'true' : undefined}
            onClick={() => setColorScheme(name)}
            rightSection={check(name === colorScheme)}
          >
            {t(`theme.${name}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void leave()}>
          {t('user.logout')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/)
  return [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word?.charAt(0).toLocaleUpperCase() ?? '').join('')
}
