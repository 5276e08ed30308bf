import { BugError } from '#base/errors.ts'
import type { Change } from '#plant/difference.ts'
import { editTags } from '#plant/edit-tags.ts'
import { applyImport, exportSheets, planImport, type SheetFiles, undoImport } from '#plant/sheets/import.ts'
import { writeCsvFile, writeWorkbook } from '#plant/sheets/workbook.ts'
import { findDevice } from '#store/devices.ts'
import { lastImport } from '#store/plant-imports.ts'
import { readSettings } from '#store/settings.ts'
import type { Handlers } from '../handlers.ts'
import { publicTag } from './configure.ts'

type Keys =
  | 'PUT /api/devices/:id/tags'
  | 'GET /api/sheets'
  | 'POST /api/sheets/plan'
  | 'POST /api/sheets/apply'
  | 'GET /api/sheets/last'
  | 'POST /api/sheets/undo'

const PROBLEMS_TOLD = 200
const CHANGES_TOLD = 500

/** Many tags at once: the table of a device, spreadsheets. */
export const bulkRoutes: Handlers<Keys> = {
  'PUT /api/devices/:id/tags': async ({ params, body }, { db, scope, note }) => {
    const device = await findDevice(db, scope, params.id)
    const { problems, tags } = await editTags(db, scope, params.id, body)
    note({
      object: `tags of ${device?.code ?? params.id}`,
      after: problems.length > 0 ? { refused: problems.length } : { saved: tags.map((tag) => tag.name), removed: body.remove },
    })
    return { problems, tags: tags.map(publicTag) }
  },

  'GET /api/sheets': async ({ query }, { db, scope }) => {
    const sheets = await exportSheets(db, scope)
    const { site } = await readSettings(db)
    const title = site.name.replaceAll(/[^\p{L}\p{N}]+/gu, '-').toLowerCase() || 'plant'
    if (query.format === 'xlsx') {
      const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
      return { name: `${title}.xlsx`, type, content: base64(await writeWorkbook(sheets)) }
    }
    const sheet = sheets.find((one) => one.name === query.sheet)
    if (sheet === undefined) throw new BugError(`no sheet ${query.sheet}`)
    const look = query.decimal === 'comma' ? ({ delimiter: ';', decimal: ',' } as const) : ({ delimiter: ',', decimal: '.' } as const)
    return { name: `${title}-${query.sheet.toLowerCase()}.csv`, type: 'text/csv', content: base64(writeCsvFile(sheet, look)) }
  },

  'POST /api/sheets/plan': async ({ body }, { db, note }) => {
    note({ object: namesOf(body) })
    const { problems, changes } = await planImport(db, filesOf(body))
    const count = (action: Change['action']): number => changes.filter((change) => change.action === action).length
    return {
      problems: problems.slice(0, PROBLEMS_TOLD),
      problemCount: problems.length,
      changes: changes.slice(0, CHANGES_TOLD).map(told),
      counts: { add: count('add'), change: count('change'), remove: count('remove') },
    }
  },

  'POST /api/sheets/apply': async ({ body }, { db, note, user }) => {
    const changes = await applyImport(db, filesOf(body), user.displayName)
    note({ object: namesOf(body), after: changes.slice(0, CHANGES_TOLD).map(told) })
    return { applied: changes.length }
  },

  'GET /api/sheets/last': async (_input, { db }) => {
    const last = await lastImport(db)
    if (last === undefined) return { last: null }
    const { at, who, files, changes, undoneAt } = last
    return { last: { at, who, files, changes, undoneAt } }
  },

  'POST /api/sheets/undo': async (_input, { db, note }) => {
    const last = await lastImport(db)
    const changes = await undoImport(db)
    note({ object: `import of ${last?.files.join(', ') ?? ''}`, after: changes.slice(0, CHANGES_TOLD).map(told) })
    return { undone: changes.length }
  },
}

interface Uploaded {
  readonly files: readonly { readonly name: string; readonly content: string }[]
  readonly remove: boolean
}

function filesOf({ files, remove }: Uploaded): SheetFiles {
  return { files: files.map(({ name, content }) => ({ name, bytes: Buffer.from(content, 'base64') })), remove }
}

function namesOf({ files }: Uploaded): string {
  return `import of ${files.map((file) => file.name).join(', ')}`
}

function told({ action, object, fields }: Change): Pick<Change, 'action' | 'object'> & { fields: Change['fields'][number][] } {
  return { action, object, fields: [...fields] }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
