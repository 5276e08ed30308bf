import type { ReactNode } from 'react'
import type { Language } from '#domain/contact.ts'
import en from '../../../../../docs/operator/telegram.md?raw'
import es from '../../../../../docs/operator/telegram.es.md?raw'
import pt from '../../../../../docs/operator/telegram.pt.md?raw'
import { useLanguage, useT } from '../../../i18n/language.ts'
import { Button } from '../../../widgets/controls/button.tsx'
import { Markdown } from './markdown.tsx'
import './guide.css'

const TEXTS: Readonly<Record<Language, string>> = { en, pt, es }

/** What an operator needs to know of alarms on Telegram, on one sheet for the wall. */
export function TelegramGuidePage(): ReactNode {
  const t = useT()
  return (
    <div className="card card-body guide">
      <div className="guide-print">
        <Button onClick={() => window.print()}>{t('guide.print')}</Button>
      </div>
      <Markdown text={TEXTS[useLanguage()]} />
    </div>
  )
}
