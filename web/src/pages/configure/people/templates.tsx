import { Button, Group as Row, NativeSelect, Textarea } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { MESSAGE_LANGUAGES, type MessageLanguage } from '#domain/contact.ts'
import { SMS_PARTS, smsParts, toGsm7 } from '#notify/core/gsm7.ts'
import { TEMPLATE_FIELDS, TEMPLATE_KINDS, type MessageTemplate } from '#notify/core/template.ts'
import { previewOf } from '#notify/core/template-preview.ts'
import { call } from '../../../api/client.ts'
import { useT } from '../../../i18n/language.ts'
import type { Translate } from '../../../i18n/translate.ts'
import { LANGUAGE_NAMES } from '../../../i18n/language-names.ts'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { PageHead } from '../../../widgets/page-head.tsx'
import { Crumbs } from '../crumbs.tsx'
import { useAction } from '../use-action.ts'
import { gatewaysQuery, templatesQuery } from './people-queries.ts'
import '../configure.css'

/** The texts of messages, as the site wants them; what it leaves alone is built in. */
export function TemplatesPage(): ReactNode {
  const t = useT()
  const query = useQuery(templatesQuery)
  return (
    <>
      <Crumbs />
      <PageHead title={t('template.title')} />
      <ErrorNote error={query.error} retry={() => void query.refetch()} />
      {query.data !== undefined && <Editor key={JSON.stringify(query.data)} saved={query.data} />}
    </>
  )
}

function Editor({ saved }: { saved: readonly MessageTemplate[] }): ReactNode {
  const t = useT()
  const queries = useQueryClient()
  const action = useAction()
  const [kind, setKind] = useState<MessageTemplate['kind']>('alarm')
  const [style, setStyle] = useState<MessageTemplate['style']>('full')
  const [language, setLanguage] = useState<MessageLanguage>('en')
  const [edited, setEdited] = useState<readonly MessageTemplate[]>(saved)
  const isThis = (one: MessageTemplate): boolean => one.kind === kind && one.style === style && one.language === language
  const current = edited.find(isThis)?.text ?? ''
  const put = (text: string): void =>
    setEdited([...edited.filter((one) => !isThis(one)), ...(text === '' ? [] : [{ kind, style, language, text }])])
  const save = async (): Promise<void> => {
    await action.run(
      async () => {
        await call('PUT /api/message-templates', { body: { templates: edited.map((one) => ({ ...one })) } })
        await queries.invalidateQueries({ queryKey: templatesQuery.queryKey })
      },
      t('config.saved', { name: t('template.title') }),
    )
  }
  const preview = previewOf({ kind, style, language, text: current })
  const sms = toGsm7(preview)
  return (
    <section className="card">
      <form
        className="card-body stack"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <span className="muted">{t('template.hint')}</span>
        <div className="form-grid">
          <NativeSelect
            label={t('template.kind')}
            value={kind}
            data={TEMPLATE_KINDS.map((one) => ({ value: one, label: t(`template.kind.${one}`) }))}
            onChange={(event) => setKind(event.currentTarget.value as MessageTemplate['kind'])}
          />
          <NativeSelect
            label={t('template.style')}
            value={style}
            data={(['full', 'short'] as const).map((one) => ({ value: one, label: t(`template.style.${one}`) }))}
            onChange={(event) => setStyle(event.currentTarget.value as MessageTemplate['style'])}
          />
          <NativeSelect
            label={t('config.language')}
            value={language}
            data={MESSAGE_LANGUAGES.map((one) => ({ value: one, label: LANGUAGE_NAMES[one] }))}
            onChange={(event) => setLanguage(event.currentTarget.value as MessageLanguage)}
          />
        </div>
        <Textarea
          label={t('template.text')}
          description={hintOf(kind, t)}
          placeholder={t('template.builtIn')}
          autosize
          minRows={4}
          maxRows={14}
          maxLength={2000}
          value={current}
          onChange={(event) => put(event.currentTarget.value)}
        />
        <Row gap={6}>
          {TEMPLATE_FIELDS[kind].map((field) => (
            <Button key={field} size="compact-xs" variant="default" onClick={() => put(`${current}{${field}}`)}>
              {`{${field}}`}
            </Button>
          ))}
        </Row>
        <div>
          <h2>{current === '' ? t('template.previewBuiltIn') : t('template.preview')}</h2>
          <p className="log-lines" style={{ margin: 0 }}>
            {style === 'short' ? sms : preview}
          </p>
          {style === 'short' && <SmsCost plain={smsParts(sms)} written={smsParts(preview)} />}
        </div>
        <ErrorNote error={action.error} />
        <Row justify="flex-end">
          {current !== '' && (
            <Button variant="default" onClick={() => put('')}>
              {t('template.useBuiltIn')}
            </Button>
          )}
          <Button type="submit" loading={action.busy}>
            {t('action.save')}
          </Button>
        </Row>
      </form>
    </section>
  )
}

/** What an SMS costs: in the letters that every phone has in one, and as it is written. */
function SmsCost({ plain, written }: { plain: number; written: number }): ReactNode {
  const t = useT()
  const gateways = (useQuery(gatewaysQuery).data ?? []).filter((one) => one.enabled && one.settings['letters'] === 'all')
  const names = gateways.map((one) => one.title).join(', ')
  if (written === plain) return <span className="meta">{t('template.parts', { count: plain })}</span>
  return (
    <>
      <span className="meta">
        {t('template.parts', { count: plain })} · {t('template.partsWritten', { count: written })}
      </span>
      {written > SMS_PARTS && (
        <p className={names === '' ? 'meta' : 'banner'} role={names === '' ? undefined : 'alert'}>
          {names === '' ? t('template.partsWould', { count: written }) : t('template.partsWarn', { gateways: names, count: written })}
        </p>
      )}
    </>
  )
}

function hintOf(kind: MessageTemplate['kind'], t: Translate): string {
  if (kind === 'digest' || kind === 'storm') return t('template.severalHint', { list: '{list}', answer: '{answer}' })
  if (kind === 'cleared_several' || kind === 'acknowledged_several') return t('template.notesHint', { list: '{list}' })
  return kind === 'alarm' ? t('template.textHint', { place: '{number}' }) : ''
}
