import { ActionIcon, Button } from '@mantine/core'
import { IconBellCog, IconBinary, IconClipboardPlus, IconPencil, IconPlus, IconTable, IconTrash } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { call } from '../../../api/client.ts'
import type { Device, Tag } from '../../../api/replies.ts'
import { useT } from '../../../i18n/language.ts'
import { bootstrapQuery, useSession } from '../../../session.tsx'
import { EmptyState } from '../../../widgets/empty-state.tsx'
import { FreshnessBadge, LiveValue } from '../../../widgets/live-value.tsx'
import { tellDone } from '../../../widgets/notices.tsx'
import { onDemand } from '../../../widgets/on-demand.tsx'
import { rulesQuery } from '../rules/rules-query.ts'
import { protocolsQuery } from './protocols.ts'

type Open =
  | { readonly what: 'edit'; readonly tag: Tag | null }
  | { readonly what: 'rules' | 'remove'; readonly tag: Tag }
  | { readonly what: 'paste' | 'explore' }
  | null

const ConfirmDialog = onDemand(async () => (await import('../../../widgets/confirm-dialog.tsx')).ConfirmDialog)
const RulesDialog = onDemand(async () => (await import('../rules/rules-dialog.tsx')).RulesDialog)
const PasteDialog = onDemand(async () => (await import('./paste-dialog.tsx')).PasteDialog)
const TagDialog = onDemand(async () => (await import('./tag-dialog.tsx')).TagDialog)
const RegisterExplorer = onDemand(async () => (await import('../registers/register-explorer.tsx')).RegisterExplorer)
/** Those that the device has are used. */
const NO_SECRETS = {}

/** The tags of a device with their live values, so that a wrong byte order shows at once. */
export function TagTable({ device }: { device: Device }): ReactNode {
  const t = useT()
  const queries = useQueryClient()
  const { tagsOf } = useSession()
  const rules = useQuery(rulesQuery(device.id))
  const [open, setOpen] = useState<Open>(null)
  const tags = tagsOf(device.id)
  const protocols = useQuery(protocolsQuery)
  const explorable = protocols.data?.find((one) => one.protocol === device.protocol)?.actions.includes('read_registers') === true
  const close = (): void => setOpen(null)
  const count = (tag: Tag): number => (rules.data ?? []).filter((rule) => rule.tagId === tag.id).length
  const actions = (
    <span className="row">
      {explorable && (
        <Button size="xs" variant="default" leftSection={<IconBinary size={16} aria-hidden />} onClick={() => setOpen({ what: 'explore' })}>
          {t('explore.open')}
        </Button>
      )}
      <Button
        size="xs"
        variant="default"
        leftSection={<IconTable size={16} aria-hidden />}
        renderRoot={(props) => <Link to="/config/devices/$deviceId/tags" params={{ deviceId: String(device.id) }} {...props} />}
      >
        {t('grid.open')}
      </Button>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconClipboardPlus size={16} aria-hidden />}
        onClick={() => setOpen({ what: 'paste' })}
      >
        {t('config.paste')}
      </Button>
      <Button size="xs" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setOpen({ what: 'edit', tag: null })}>
        {t('config.addTag')}
      </Button>
    </span>
  )
  return (
    <section className="card">
      <div className="card-head spread">
        <h2>{t('config.tags')}</h2>
        {actions}
      </div>
      {tags.length === 0 ? (
        <EmptyState title={t('config.noTags')} hint={t('config.noTagsHint')} />
      ) : (
        <div className="table-wrap">
          <table className="grid">
            <thead>
              <tr>
                <th scope="col">{t('config.name')}</th>
                <th scope="col" className="wide-only">
                  {t('config.address')}
                </th>
                <th scope="col" className="number">
                  {t('config.value')}
                </th>
                <th scope="col" className="wide-only">
                  {t('config.age')}
                </th>
                <th scope="col">
                  <span className="visually-hidden">{t('config.actions')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {tags.map((tag) => (
                <tr key={tag.id}>
                  <td>{tag.name}</td>
                  <td className="wide-only">{tag.address}</td>
                  <td className="number">
                    <LiveValue tag={tag} />
                  </td>
                  <td className="wide-only">
                    <FreshnessBadge tag={tag} />
                  </td>
                  <td>
                    <span className="row" style={{ justifyContent: 'flex-end', flexWrap: 'nowrap' }}>
                      <Button
                        size="compact-sm"
                        variant="subtle"
                        leftSection={<IconBellCog size={16} aria-hidden />}
                        onClick={() => setOpen({ what: 'rules', tag })}
                      >
                        {count(tag)}
                        <span className="visually-hidden">{t('config.rulesOf', { name: tag.name })}</span>
                      </Button>
                      <ActionIcon
                        variant="subtle"
                        aria-label={t('config.edit', { name: tag.name })}
                        onClick={() => setOpen({ what: 'edit', tag })}
                      >
                        <IconPencil size={16} aria-hidden />
                      </ActionIcon>
                      <ActionIcon
                        variant="subtle"
                        color="critical"
                        aria-label={t('config.remove', { name: tag.name })}
                        onClick={() => setOpen({ what: 'remove', tag })}
                      >
                        <IconTrash size={16} aria-hidden />
                      </ActionIcon>
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {open?.what === 'edit' && <TagDialog device={device} tag={open.tag} onClose={close} />}
      {open?.what === 'rules' && <RulesDialog tag={open.tag} onClose={close} />}
      {open?.what === 'explore' && (
        <RegisterExplorer form={{ ...device, deviceId: device.id, secrets: NO_SECRETS }} device={device} tags={tags} onClose={close} />
      )}
      {open?.what === 'paste' && <PasteDialog device={device} opened onClose={close} />}
      {open?.what === 'remove' && (
        <ConfirmDialog
          opened
          title={t('config.removeTitle', { name: open.tag.name })}
          confirm={t('config.removeTag')}
          danger
          onConfirm={async () => {
            await call('DELETE /api/tags/:id', { params: { id: open.tag.id } })
            await queries.invalidateQueries({ queryKey: bootstrapQuery.queryKey })
            tellDone(t('config.removed', { name: open.tag.name }))
          }}
          onClose={close}
        >
          {t('config.removeTagText')}
        </ConfirmDialog>
      )}
    </section>
  )
}
