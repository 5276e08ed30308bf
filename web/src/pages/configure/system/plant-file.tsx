import { Button, FileButton, Group } from '@mantine/core'
import { IconDownload, IconUpload } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { asError } from '#base/errors.ts'
import { call, type CallReply } from '../../../api/client.ts'
import { saveFile } from '../../../format/save-file.ts'
import { useT } from '../../../i18n/language.ts'
import { useSession } from '../../../session.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { PageHead } from '../../../widgets/page-head.tsx'
import { Crumbs } from '../crumbs.tsx'
import { useAction } from '../use-action.ts'
import '../configure.css'

type Change = CallReply<'POST /api/plant/plan'>['changes'][number]
const SIGN = { add: '+', change: '~', remove: '-' } as const

/** The whole configuration as one file: take it out, look what another would change, bring it in. */
export function PlantFilePage(): ReactNode {
  const t = useT()
  const { may, site } = useSession()
  const action = useAction()
  const [file, setFile] = useState<{ name: string; content: Record<string, unknown> } | null>(null)
  const [changes, setChanges] = useState<readonly Change[] | null>(null)

  const download = async (): Promise<void> => {
    await action.run(async () => {
      const plant = await call('GET /api/plant', {})
      const name = site.name.replaceAll(/[^\p{L}\p{N}]+/gu, '-').toLowerCase() || 'plant'
      saveFile(`${name}.json`, `${JSON.stringify(plant, undefined, 2)}\n`, 'application/json')
    })
  }
  const choose = async (chosen: File | null): Promise<void> => {
    if (chosen === null) return
    setChanges(null)
    setFile(null)
    await action.run(async () => {
      const text = await chosen.text()
      const content = parse(text)
      setChanges((await call('POST /api/plant/plan', { body: content })).changes)
      setFile({ name: chosen.name, content })
    })
  }
  const apply = async (): Promise<void> => {
    if (file === null) return
    const ok = await action.run(
      async () => await call('POST /api/plant/apply', { body: file.content }),
      t('config.applied', { name: file.name }),
    )
    if (!ok) return
    setFile(null)
    setChanges(null)
  }
  return (
    <>
      <Crumbs />
      <PageHead title={t('config.plant')} />
      <section className="card">
        <div className="card-body stack">
          <p>{t('config.plantText')}</p>
          <Group>
            <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} onClick={() => void download()}>
              {t('config.export')}
            </Button>
            <FileButton accept="application/json,.json" onChange={(chosen) => void choose(chosen)}>
              {(props) => (
                <Button {...props} variant="default" leftSection={<IconUpload size={16} aria-hidden />} loading={action.busy}>
                  {t('config.choosePlant')}
                </Button>
              )}
            </FileButton>
          </Group>
          <ErrorNote error={action.error} />
        </div>
      </section>
      {changes !== null && file !== null && (
        <section className="card">
          <div className="card-head">
            <h2>{t('config.planOf', { name: file.name })}</h2>
          </div>
          <div className="card-body stack">
            {changes.length === 0 ? (
              <p>{t('config.nothingToChange')}</p>
            ) : (
              <pre className="plan-lines">{changes.map(render).join('\n')}</pre>
            )}
            {changes.length > 0 && may('administrator') && (
              <Group justify="flex-end">
                <Button loading={action.busy} onClick={() => void apply()}>
                  {t('config.applyChanges', { count: changes.length })}
                </Button>
              </Group>
            )}
          </div>
        </section>
      )}
    </>
  )
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch (error) {
    throw asError(error)
  }
}

function render(change: Change): string {
  const show = (value: unknown): string => (value === undefined ? '–' : JSON.stringify(value))
  const fields =
    change.action === 'change' ? change.fields.map((field) => `\n    ${field.field}: ${show(field.before)} → ${show(field.after)}`) : []
  return `${SIGN[change.action]} ${change.object}${fields.join('')}`
}
