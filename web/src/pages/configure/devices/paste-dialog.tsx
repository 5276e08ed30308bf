import { Button, Group, Textarea } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useMemo, useState } from 'react'
import { call } from '../../../api/client.ts'
import type { Device, Tag } from '../../../api/replies.ts'
import { useT } from '../../../i18n/language.ts'
import { bootstrapQuery } from '../../../session.tsx'
import { Dialog } from '../../../widgets/dialog.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import { useAction } from '../use-action.ts'
import { parsePaste } from './tag-paste.ts'

/** Many tags at once: paste them from a spreadsheet, see what was understood, add them all or none. */
export function PasteDialog({ device, opened, onClose }: { device: Device; opened: boolean; onClose: () => void }): ReactNode {
  const t = useT()
  const queries = useQueryClient()
  const action = useAction()
  const [text, setText] = useState('')
  const { tags, problems } = useMemo(() => parsePaste(text), [text])
  const add = async (): Promise<void> => {
    const ok = await action.run(
      async () => {
        await call('POST /api/devices/:id/tags', {
          params: { id: device.id },
          body: {
            tags: tags.map(({ line: _line, dataType, ...tag }) => ({
              ...tag,
              kind: kindOf(dataType),
              settings: dataType === '' ? {} : { dataType },
            })),
          },
        })
        await queries.invalidateQueries({ queryKey: bootstrapQuery.queryKey })
      },
      t('config.tagsAdded', { count: tags.length }),
    )
    if (!ok) return
    setText('')
    onClose()
  }
  return (
    <Dialog opened={opened} onClose={onClose} title={t('config.pasteTitle')} size="xl">
      <div className="stack">
        <Textarea
          className="paste-area"
          label={t('config.pasteLabel')}
          description={t('config.pasteHint')}
          placeholder={'Flow\t40001\tfloat\tm³/h\nPump running\tHR10.0'}
          minRows={8}
          maxRows={16}
          autosize
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          data-autofocus
        />
        {problems.length > 0 && (
          <ul className="plain-list meta" aria-live="polite">
            {problems.slice(0, 8).map((problem) => (
              <li key={problem.line} style={{ color: 'var(--critical)' }}>
                {t(`config.paste.${problem.kind}`, { line: problem.line, text: problem.text })}
              </li>
            ))}
          </ul>
        )}
        {tags.length > 0 && (
          <div className="table-wrap" style={{ maxHeight: 240, overflow: 'auto' }}>
            <table className="grid">
              <thead>
                <tr>
                  <th scope="col">{t('config.name')}</th>
                  <th scope="col">{t('config.address')}</th>
                  <th scope="col">{t('config.type')}</th>
                  <th scope="col">{t('config.unit')}</th>
                  <th scope="col" className="number">
                    {t('config.scale')}
                  </th>
                </tr>
              </thead>
              <tbody>
                {tags.slice(0, 200).map((tag) => (
                  <tr key={tag.line}>
                    <td>{tag.name}</td>
                    <td>{tag.address}</td>
                    <td>{tag.dataType}</td>
                    <td>{tag.unit}</td>
                    <td className="number numeric">{tag.scale}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        <ErrorNote error={action.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button loading={action.busy} disabled={tags.length === 0 || problems.length > 0} onClick={() => void add()}>
            {t('config.addTags', { count: tags.length })}
          </Button>
        </Group>
      </div>
    </Dialog>
  )
}

/** What the type says of how a value is shown; words of their own protocols are measured values until somebody says otherwise. */
function kindOf(dataType: string): Tag['kind'] {
  return dataType === 'bool' ? 'digital' : dataType === 'string' ? 'text' : 'analog'
}
