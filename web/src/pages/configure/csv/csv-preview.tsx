import { Button, NativeSelect, Textarea } from '@mantine/core'
import { IconEye } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useT } from '../../../i18n/language.ts'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import type { FormValue } from '../../../widgets/schema-form/schema.ts'
import type { DeviceForm } from '../devices/device-draft.ts'
import { runAction } from '../devices/run-action.ts'
import { useAction } from '../use-action.ts'
import { PreviewResult } from './preview-result.tsx'
import type { CsvPreviewed } from './csv-previewed.ts'
import './csv-preview.css'

interface Props {
  readonly form: DeviceForm
  /** Answers a question of the preview: the field of the connection is set. */
  readonly onUse: (change: FormValue) => void
}

/** What the settings in the form make of the newest file, of another one, or of pasted rows, before anything is saved. */
export function CsvPreview({ form, onUse }: Props): ReactNode {
  const t = useT()
  const action = useAction()
  const [text, setText] = useState('')
  const [file, setFile] = useState<string | null>(null)
  const [previewed, setPreviewed] = useState<CsvPreviewed | null>(null)
  const show = async (connection: FormValue = form.connection, chosen: string | null = file): Promise<void> => {
    await action.run(async () => {
      const body = text.trim() !== '' ? { text } : chosen === null ? {} : { file: chosen }
      setPreviewed(await runAction<CsvPreviewed>({ ...form, connection: { ...connection } }, 'preview', body))
    })
  }
  const files = previewed?.files ?? []
  return (
    <section className="csv-preview" aria-labelledby="csv-preview">
      <h3 id="csv-preview">{t('csv.title')}</h3>
      <p className="meta">{t('csv.hint')}</p>
      <Textarea
        label={t('csv.paste')}
        autosize
        minRows={2}
        maxRows={8}
        className="paste-area"
        placeholder={'Date;Flow m3/h;Level m\n26/11/2026 07:30:00;12,4;3,91'}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className="row">
        <Button variant="default" leftSection={<IconEye size={16} aria-hidden />} loading={action.busy} onClick={() => void show()}>
          {text.trim() === '' ? t('csv.show') : t('csv.showPasted')}
        </Button>
        {text.trim() === '' && files.length > 1 && (
          <NativeSelect
            aria-label={t('csv.file')}
            value={previewed?.file ?? ''}
            data={[...files]}
            onChange={(event) => {
              setFile(event.currentTarget.value)
              void show(form.connection, event.currentTarget.value)
            }}
          />
        )}
      </div>
      <ErrorNote error={action.error} />
      {previewed !== null && (
        <PreviewResult
          previewed={previewed}
          onAnswer={(field, value) => {
            onUse({ [field]: value })
            void show({ ...form.connection, [field]: value })
          }}
        />
      )}
    </section>
  )
}
