import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Language } from '#domain/contact.ts'
import { useLanguage, useT } from '../../../i18n/language.ts'
import { Button } from '../../../widgets/controls/button.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { Markdown } from './markdown.tsx'
import './guide.css'

const TEXTS = import.meta.glob<string>(['../../../../../docs/operator/*.md', '../../../../../docs/admin/gateways*.md'], {
  query: '?raw',
  import: 'default',
})
/** The chapters of docs/admin/gateways.md, in their order. */
const CHAPTERS = ['telegram', 'sms', 'email', 'twilio-sms', 'twilio-whatsapp', 'whatsapp'] as const

/**
 * One sheet to print: what an operator needs to know of alarms by one way (`sms`), or how an administrator sets a gateway up
 * (`setup-twilio-sms`).
 */
export function GuidePage(): ReactNode {
  const t = useT()
  const language = useLanguage()
  const { guide = 'telegram' } = useParams({ strict: false })
  const text = useQuery({ queryKey: ['guide', guide, language], queryFn: async () => await textOf(guide, language), staleTime: Infinity })
  return (
    <div className="card card-body guide">
      <div className="guide-print">
        <Button onClick={() => window.print()}>{t('guide.print')}</Button>
      </div>
      <ErrorNote error={text.error} retry={() => void text.refetch()} />
      {text.data !== undefined && <Markdown text={text.data} />}
    </div>
  )
}

async function textOf(guide: string, language: Language): Promise<string> {
  const ending = language === 'en' ? '.md' : `.${language}.md`
  const chapter = CHAPTERS.findIndex((one) => `setup-${one}` === guide)
  const file = chapter === -1 ? `/docs/operator/${guide}${ending}` : `/docs/admin/gateways${ending}`
  const found = Object.entries(TEXTS).find(([path]) => path.endsWith(file))
  if (found === undefined) throw new Error(`There is no guide ${guide}.`)
  const text = await found[1]()
  if (chapter === -1) return text
  // the chapter, and what to do when nobody is reached: the last one
  const chapters = text.split(/^(?=## )/m).slice(1)
  return `${(chapters[chapter] ?? '').replace('## ', '# ')}\n\n${chapters.at(-1) ?? ''}`
}
