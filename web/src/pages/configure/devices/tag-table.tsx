import { Button } from '@mantine/core'
import { IconBellCog, IconBinary, IconClipboardPlus, IconPlus, IconTable } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useMemo, useState } from 'react'
import { call } from '../../../api/client.ts'
import type { Device, Tag } from '../../../api/replies.ts'
import { useT } from '../../../i18n/language.ts'
import { bootstrapQuery, useSession } from '../../../session.tsx'
import { SearchBox } from '../../../widgets/controls/search-box.tsx'
import { EmptyState } from '../../../widgets/empty-state.tsx'
import { FreshnessBadge, LiveValue } from '../../../widgets/live-value.tsx'
import { onDemand } from '../../../widgets/on-demand.tsx'
import { RowsInSight } from '../../../widgets/rows-in-sight.tsx'
import { rulesQuery } from '../rules/rules-query.ts'
import { protocolsQuery } from './protocols.ts'
import { RemoveDialog } from '../remove-dialog.tsx'
import { ActionsHead, RowActions } from '../row-actions.tsx'

type Open =
  | { readonly what: 'edit'; readonly tag: Tag | null }
  | { readonly what: 'rules' | 'remove'; readonly tag: Tag }
  | { readonly what: 'paste' | 'explore' }
  | null

const RulesDialog = onDemand(async () => (await import('../rules/rules-dialog.tsx')).RulesDialog)
const PasteDialog = onDemand(async () => (await import('./paste-dialog.tsx')).PasteDialog)
const TagDialog = onDemand(async () => (await import('./tag-dialog.tsx')).TagDialog)
const RegisterExplorer = onDemand(async () => (await import('../registers/register-explorer.tsx')).RegisterExplorer)
/** Fewer are seen at a glance. */
const SEARCHED_FROM = 20
/** Those that the device has are used. */
const NO_SECRETS = {}

/** The tags of a device with their live values, so that a wrong byte order shows at once. */
export function TagTable({ device }: { device: Device }): ReactNode {
  const t = useT()
  const { tagsOf } = useSession()
  const rules = useQuery(rulesQuery(device.id))
  const [open, setOpen] = useState<Open>(null)
  const tags = tagsOf(device.id)
  const protocols = useQuery(protocolsQuery)
  const explorable = protocols.data?.find((one) => one.protocol === device.protocol)?.actions.includes('read_registers') === true
  const close = (): void => setOpen(null)
  const counts = useMemo(() => Map.groupBy(rules.data ?? [], (rule) => rule.tagId), [rules.data])
  const [text, setText] = useState('')
  const wanted = text.trim().toLocaleLowerCase()
  const shown = wanted === '' ? tags : tags.filter((tag) => `${tag.name} ${tag.address}`.toLocaleLowerCase().includes(wanted))
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
          {tags.length > SEARCHED_FROM && (
            <div className="card-body" style={{ maxWidth: 400 }}>
              <SearchBox label={t('device.searchTags')} value={text} onChange={setText} />
            </div>
          )}
          {shown.length === 0 ? (
            <EmptyState title={t('device.noTagMatches')} />
          ) : (
            <table className="grid" aria-rowcount={shown.length + 1}>
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
                  <ActionsHead />
                </tr>
              </thead>
              <RowsInSight
                rows={shown}
                rowHeight={47}
                renderRow={(tag, ariaIndex) => (
                  <tr key={tag.id} aria-rowindex={ariaIndex}>
                    <td>{tag.name}</td>
                    <td className="wide-only">{tag.address}</td>
                    <td className="number">
                      <LiveValue tag={tag} />
                    </td>
                    <td className="wide-only">
                      <FreshnessBadge tag={tag} />
                    </td>
                    <td>
                      <RowActions
                        name={tag.name}
                        onEdit={() => setOpen({ what: 'edit', tag })}
                        onRemove={() => setOpen({ what: 'remove', tag })}
                      >
                        <RulesButton tag={tag} count={counts.get(tag.id)?.length ?? 0} onOpen={() => setOpen({ what: 'rules', tag })} />
                      </RowActions>
                    </td>
                  </tr>
                )}
              />
            </table>
          )}
        </div>
      )}
      {open?.what === 'edit' && <TagDialog device={device} tag={open.tag} onClose={close} />}
      {open?.what === 'rules' && <RulesDialog tag={open.tag} onClose={close} />}
      {open?.what === 'explore' && (
        <RegisterExplorer form={{ ...device, deviceId: device.id, secrets: NO_SECRETS }} device={device} tags={tags} onClose={close} />
      )}
      {open?.what === 'paste' && <PasteDialog device={device} opened onClose={close} />}
      <RemoveDialog
        of={open?.what === 'remove' ? open.tag : null}
        name={(tag) => tag.name}
        confirm={t('config.removeTag')}
        remove={async ({ id }) => await call('DELETE /api/tags/:id', { params: { id } })}
        stale={[bootstrapQuery.queryKey]}
        onClose={close}
      >
        {t('config.removeTagText')}
      </RemoveDialog>
    </section>
  )
}

function RulesButton({ tag, count, onOpen }: { tag: Tag; count: number; onOpen: () => void }): ReactNode {
  const t = useT()
  return (
    <Button size="compact-sm" variant="subtle" leftSection={<IconBellCog size={16} aria-hidden />} onClick={onOpen}>
      {count}
      <span className="visually-hidden">{t('config.rulesOf', { name: tag.name })}</span>
    </Button>
  )
}
