import { InvalidRequest, NotAllowed, NotFound } from '#base/errors.ts'
import { SHARES_VIEWS } from '#domain/saved-view.ts'
import { roleAtLeast } from '#domain/user.ts'
import { deleteSavedView, findSavedView, listSavedViews, saveView } from '#store/saved-views.ts'
import type { Handlers } from '../handlers.ts'

type Keys = 'GET /api/views' | 'POST /api/views' | 'DELETE /api/views/:id'

/** The search of a page's address is short; what is longer is none. */
const LONGEST_SEARCH = 4000

/** Views of pages that people keep. */
export const viewRoutes: Handlers<Keys> = {
  'GET /api/views': async ({ query }, { db, user }) => {
    const views = await listSavedViews(db, query.page, user.id)
    return { views: views.map(({ userId, page: _, search, ...view }) => ({ ...view, search: { ...search }, mine: userId === user.id })) }
  },

  'POST /api/views': async ({ body }, { db, user, note }) => {
    const sharer = SHARES_VIEWS[body.page]
    if (body.shared && !roleAtLeast(user.role, sharer)) throw new NotAllowed(`Sharing a view of ${body.page} takes the role ${sharer}.`)
    if (JSON.stringify(body.search).length > LONGEST_SEARCH) throw new InvalidRequest('The view is too large.', { field: 'search' })
    const id = await saveView(db, { ...body, userId: user.id })
    if (id === undefined) throw new NotFound('The user is gone.')
    note({ object: `view ${body.name} of ${body.page}`, after: { shared: body.shared } })
    return { id }
  },

  'DELETE /api/views/:id': async ({ params }, { db, user, note }) => {
    const view = await findSavedView(db, params.id)
    // what is not shared is there for its owner alone
    if (view === undefined || (view.userId !== user.id && !view.shared)) throw new NotFound(`There is no view ${params.id}.`)
    if (view.userId !== user.id && !roleAtLeast(user.role, 'administrator')) throw new NotAllowed(`${view.owner} shares this view.`)
    await deleteSavedView(db, params.id)
    note({ object: `view ${view.name} of ${view.page}`, before: { owner: view.owner, shared: view.shared } })
    return {}
  },
}
