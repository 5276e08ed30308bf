import type { ReactNode } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { call } from '../../../api/client.ts'
import type { Tag } from '../../../api/replies.ts'
import { useT } from '../../../i18n/language.ts'
import { bootstrapQuery } from '../../../session.tsx'
import type { DeviceForm } from '../devices/device-draft.ts'
import type { FormValue } from '../../../widgets/schema-form/schema.ts'
import { isPlaceless, sparkplugPlaceOf } from '../mqtt/sparkplug-place.ts'
import { BrowseDialog } from './browse-dialog.tsx'
import { importTags, type NewTag } from './import-tags.ts'

interface Props {
  readonly name: string
  /** The device as it stands in its form. */
  readonly form: DeviceForm
  readonly tags: readonly Pick<Tag, 'name' | 'address' | 'settings'>[]
  /** Takes the chosen tags of a device that must be saved first, and what of its connection they tell. */
  readonly onKeep: (tags: readonly NewTag[], connection: FormValue) => void
  readonly onClose: () => void
}

/** Browses a device, saved or not: tags of a saved one are added at once, those of a new one with it. */
export function DeviceBrowse({ name, form, tags, onKeep, onClose }: Props): ReactNode {
  const t = useT()
  const queries = useQueryClient()
  return (
    <BrowseDialog
      name={name}
      tags={tags}
      source={async (request, signal) => await call('POST /api/browse', { body: { ...form, ...request } }, signal)}
      onImport={async (chosen, nodes, onProgress) => {
        const { deviceId, protocol, connection } = form
        if (isPlaceless(protocol, connection)) {
          const place = sparkplugPlaceOf(nodes)
          if (place === null) throw new Error(t('browse.oneDevice'))
          onKeep(chosen, { ...place })
          return null
        }
        if (deviceId === null) {
          onKeep(chosen, {})
          return null
        }
        const add = async (portion: readonly NewTag[]): Promise<unknown> =>
          await call('POST /api/devices/:id/tags', { params: { id: deviceId }, body: { tags: [...portion] } })
        const result = await importTags(chosen, add, onProgress)
        await queries.invalidateQueries({ queryKey: bootstrapQuery.queryKey })
        return result
      }}
      onClose={onClose}
    />
  )
}
