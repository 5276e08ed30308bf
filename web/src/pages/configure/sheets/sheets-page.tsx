import { Button, FileButton, Group, Switch } from '@mantine/core'
import { IconFileSpreadsheet, IconTable, IconUpload } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useRef, useState } from 'react'
import { call, type CallReply } from '../../../api/client.ts'
import { useT } from '../../../i18n/language.ts'
import { bootstrapQuery, useSession } from '../../../session.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { PageHead } from '../../../widgets/page-head.tsx'
import { Crumbs } from '../crumbs.tsx'
import { useAction } from '../use-action.ts'
import { base64Of, saveFile } from './file-content.ts'
import { ImportPlan } from './import-plan.tsx'
import { LastImport, lastImportQuery } from './last-import.tsx'
import '../configure.css'
import './sheets.css'

type Plan = CallReply<'POST /api/sheets/plan'>
interface Chosen {
  readonly files: { name: string; content: string }[]
  readonly remove: boolean
}
const SHEETS = ['Devices', 'Tags', 'Rules'] as const

/** Devices, tags and rules out to a spreadsheet and back, with a look at every difference before anything is changed. */
export function SheetsPage(): ReactNode {
  const t = useT()
  const queries = useQueryClient()
  const { locale, me } = useSession()
  const out = useAction()
  const action = useAction()
  const [chosen, setChosen] = useState<Chosen | null>(null)
  const [plan, setPlan] = useState<Plan | null>(null)
  const [remove, setRemove] = useState(false)
  const reset = useRef<() => void>(null)
  const wholeSite = me.deviceIds === null

  const download = async (query: { format: 'xlsx' } | { format: 'csv'; sheet: (typeof SHEETS)[number] }): Promise<void> => {
    const decimal = locale.startsWith('en') ? 'point' : 'comma'
    await out.run(async () => {
      const { name, type, content } = await call('GET /api/sheets', { query: { ...query, decimal } })
      saveFile(name, type, content)
    })
  }
  const look = async (next: Chosen): Promise<void> => {
    setPlan(null)
    setChosen(next)
    await action.run(async () => setPlan(await call('POST /api/sheets/plan', { body: next })))
  }
  const choose = async (files: File[]): Promise<void> => {
    if (files.length === 0) return
    // the same file may be chosen again once it is corrected
    reset.current?.()
    await action.run(async () => {
      const read = await Promise.all(files.map(async (file) => ({ name: file.name, content: await base64Of(file) })))
      setChosen({ files: read, remove })
      setPlan(null)
      setPlan(await call('POST /api/sheets/plan', { body: { files: read, remove } }))
    })
  }
  const apply = async (): Promise<void> => {
    if (chosen === null) return
    const ok = await action.run(
      async () => {
        await call('POST /api/sheets/apply', { body: chosen })
        await queries.invalidateQueries({ queryKey: lastImportQuery.queryKey })
        await queries.invalidateQueries({ queryKey: bootstrapQuery.queryKey })
      },
      t('config.applied', { name: namesOf(chosen) }),
    )
    if (!ok) return
    setChosen(null)
    setPlan(null)
  }
  const total = plan === null ? 0 : plan.counts.add + plan.counts.change + plan.counts.remove
  return (
    <>
      <Crumbs />
      <PageHead title={t('sheets.title')} />
      <div className="sheets-columns">
        <section className="card">
          <div className="card-head">
            <h2>{t('sheets.export')}</h2>
          </div>
          <div className="card-body stack">
            <p>{t('sheets.exportText')}</p>
            <Group>
              <Button
                leftSection={<IconFileSpreadsheet size={16} aria-hidden />}
                loading={out.busy}
                onClick={() => void download({ format: 'xlsx' })}
              >
                {t('sheets.workbook')}
              </Button>
            </Group>
            <p className="meta">{t('sheets.csvText')}</p>
            <Group gap="xs">
              {SHEETS.map((sheet) => (
                <Button
                  key={sheet}
                  size="xs"
                  variant="default"
                  leftSection={<IconTable size={16} aria-hidden />}
                  onClick={() => void download({ format: 'csv', sheet })}
                >
                  {t(`sheets.csv.${sheet}`)}
                </Button>
              ))}
            </Group>
            <ErrorNote error={out.error} />
          </div>
        </section>
        <section className="card">
          <div className="card-head">
            <h2>{t('sheets.import')}</h2>
          </div>
          <div className="card-body stack">
            <p>{wholeSite ? t('sheets.importText') : t('sheets.confined')}</p>
            <Switch
              label={t('sheets.remove')}
              description={t('sheets.removeHint')}
              checked={remove}
              disabled={!wholeSite}
              onChange={(event) => {
                setRemove(event.currentTarget.checked)
                if (chosen !== null) void look({ ...chosen, remove: event.currentTarget.checked })
              }}
            />
            <Group>
              <FileButton
                multiple
                disabled={!wholeSite}
                resetRef={reset}
                accept=".xlsx,.csv,.tsv,.txt,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                onChange={(files) => void choose(files)}
              >
                {(props) => (
                  <Button
                    {...props}
                    variant="default"
                    disabled={!wholeSite}
                    leftSection={<IconUpload size={16} aria-hidden />}
                    loading={action.busy}
                  >
                    {t('sheets.choose')}
                  </Button>
                )}
              </FileButton>
            </Group>
            <ErrorNote error={action.error} />
          </div>
        </section>
      </div>
      {chosen !== null && plan !== null && (
        <section className="card">
          <div className="card-head">
            <h2>{t('config.planOf', { name: namesOf(chosen) })}</h2>
          </div>
          <div className="card-body stack">
            <ImportPlan plan={plan} />
            <Group justify="flex-end">
              <Button
                variant="default"
                onClick={() => {
                  setChosen(null)
                  setPlan(null)
                }}
              >
                {t('action.cancel')}
              </Button>
              {total > 0 && (
                <Button loading={action.busy} onClick={() => void apply()}>
                  {t('config.applyChanges', { count: total })}
                </Button>
              )}
            </Group>
          </div>
        </section>
      )}
      {wholeSite && <LastImport />}
    </>
  )
}

function namesOf({ files }: Chosen): string {
  return files.map((file) => file.name).join(', ')
}
