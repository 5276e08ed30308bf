import { IconMapOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useT } from '../i18n/language.ts'
import { buttonLook } from '../widgets/controls/button.tsx'
import { EmptyState } from '../widgets/empty-state.tsx'

/** No such page, or none for this person: the two are never told apart. */
export function NotFoundPage(): ReactNode {
  const t = useT()
  return (
    <>
      <h1 className="visually-hidden">{t('notFound.title')}</h1>
      <EmptyState
        title={t('notFound.title')}
        hint={t('notFound.hint')}
        icon={<IconMapOff size={40} aria-hidden />}
        action={
          <Link to="/" className={buttonLook('default')}>
            {t('notFound.home')}
          </Link>
        }
      />
    </>
  )
}
