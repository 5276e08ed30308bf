import { queryOptions, useQuery } from '@tanstack/react-query'
import { createContext, type ReactNode, use, useEffect, useMemo } from 'react'
import type { Role } from '#domain/user.ts'
import { roleAtLeast } from '#domain/user.ts'
import { call, rememberCsrf } from './api/client.ts'
import type { Bootstrap, Device, Tag } from './api/replies.ts'
import { LOCALES } from './i18n/translate.ts'
import { switchLanguage, useLanguage } from './i18n/language.ts'
import { live, startLive } from './live.ts'

/** Who is logged in and what the site has; fetched again whenever the configuration changes. */
export const bootstrapQuery = queryOptions({
  queryKey: ['bootstrap'],
  queryFn: async ({ signal }) => {
    const start = await call('GET /api/bootstrap', {}, signal)
    rememberCsrf(start.me.csrf)
    live.seed(start)
    startLive()
    await switchLanguage(start.me.language ?? start.site.language)
    return start
  },
  staleTime: Infinity,
})

export interface Session extends Bootstrap {
  readonly device: (id: number) => Device | undefined
  readonly tag: (id: number) => Tag | undefined
  readonly tagsOf: (deviceId: number) => readonly Tag[]
  /** The zone of this user's screens. */
  readonly timeZone: string
  readonly locale: string
  readonly may: (role: Role) => boolean
}

const Context = createContext<Session | null>(null)

/** Gives the pages below the session; draws nothing until it is there. */
export function SessionProvider({ children }: { children: ReactNode }): ReactNode {
  const { data } = useQuery(bootstrapQuery)
  const language = useLanguage()
  const session = useMemo(() => (data === undefined ? null : sessionOf(data, LOCALES[language])), [data, language])
  useEffect(() => {
    if (data !== undefined) document.title = data.site.name
  }, [data])
  return session === null ? null : <Context value={session}>{children}</Context>
}

function sessionOf(start: Bootstrap, locale: string): Session {
  const devices = new Map(start.devices.map((device) => [device.id, device]))
  const tags = new Map(start.tags.map((tag) => [tag.id, tag]))
  const byDevice = Map.groupBy(start.tags, (tag) => tag.deviceId)
  return {
    ...start,
    device: (id) => devices.get(id),
    tag: (id) => tags.get(id),
    tagsOf: (deviceId) => byDevice.get(deviceId) ?? [],
    timeZone: start.me.timeZone ?? start.site.timeZone,
    locale,
    may: (role) => roleAtLeast(start.me.role, role),
  }
}

/** @throws Error outside the pages of a logged-in user */
export function useSession(): Session {
  const session = use(Context)
  if (session === null) throw new Error('useSession() stands outside SessionProvider.')
  return session
}
