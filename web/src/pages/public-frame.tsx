import type { ReactNode } from 'react'
import { LANGUAGES } from '#domain/contact.ts'
import { bestLanguage, switchLanguage, useLanguage, useT } from '../i18n/language.ts'
import { LANGUAGE_NAMES } from '../i18n/language-names.ts'
import { Select } from '../widgets/controls/select.tsx'
import { Wave } from '../widgets/wave.tsx'
import './public-frame.css'

/** The page of somebody who is not logged in: one card, and the language unless the card asks for it. */
export function PublicFrame({ title, wide = false, children }: { title: string; wide?: boolean; children: ReactNode }): ReactNode {
  const t = useT()
  const language = useLanguage()
  return (
    <main className="public-frame" data-wide={wide}>
      <div className="card stack">
        <h1>
          <Wave size={28} /> {title}
        </h1>
        {children}
      </div>
      {!wide && (
        <Select
          aria-label={t('account.language')}
          value={language}
          onChange={(event) => void switchLanguage(bestLanguage([event.currentTarget.value]))}
        >
          {LANGUAGES.map((one) => (
            <option key={one} value={one} lang={one}>
              {LANGUAGE_NAMES[one]}
            </option>
          ))}
        </Select>
      )}
    </main>
  )
}
