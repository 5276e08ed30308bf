import { acknowledge } from '#alarm/commands.ts'
import { ALARM_LISTS, countActive } from '#store/alarms.ts'
import { readSamples } from '#store/measurements.ts'
import { listMessages } from '#store/messaging.ts'
import { readSettings } from '#store/settings.ts'
import type { Handlers } from '../handlers.ts'
import { mayHandle } from '../may-handle.ts'
import { heldAt } from '../held-at.ts'
import { interpolationsOf } from '../interpolations.ts'
import { me } from './entry.ts'

type Keys = 'GET /api/bootstrap' | 'GET /api/alarms' | 'POST /api/alarms/acknowledge' | 'GET /api/tags/:id/samples' | 'GET /api/messages'

/** What operators look at. */
export const monitorRoutes: Handlers<Keys> = {
  'GET /api/bootstrap': async (_input, { db, feed, user, scope, caller, version, clock }) => {
    await feed.current()
    const { site, demo } = await readSettings(db)
    return {
      me: me(user, caller.via === 'session' ? caller.csrf : ''),
      version,
      site,
      devices: feed.devices(scope),
      deviceStates: feed.states(scope),
      tags: feed
        .tags(scope)
        .map((tag) => ({ ...tag, stateText: tag.stateText === null ? null : ([...tag.stateText] as [string, string]) })),
      latest: feed.latest(scope),
      counts: await countActive(db, scope),
      demo: demo === 'installed',
      now: clock.now(),
    }
  },

  'GET /api/alarms': async ({ query }, { db, scope }) => {
    const { state, is, ...filter } = query
    const page = await ALARM_LISTS[state](db, scope, { ...filter, state: is })
    return { ...page, counts: await countActive(db, scope) }
  },

  'POST /api/alarms/acknowledge': async ({ body }, call) => {
    await mayHandle(call, { alarms: body.ids })
    const { db, scope, user, clock, note } = call
    const results = await acknowledge(db, {
      selection: { eventIds: body.ids },
      attribution: { by: 'platform', user: user.displayName },
      comment: body.comment,
      at: clock.now(),
      scope,
    })
    note({ object: `alarms ${body.ids.join(', ')}`, after: { comment: body.comment } })
    return { results: results.map(({ eventId, result, acknowledgedBy }) => ({ id: eventId, result, acknowledgedBy })) }
  },

  'GET /api/tags/:id/samples': async ({ params, query }, call) => {
    const { db, scope } = call
    const { samples, truncated } = await readSamples(db, scope, params.id, query.from, query.to, query.limit)
    const interpolation = (await interpolationsOf(db, scope, [params.id])).get(params.id) ?? 'stepped'
    const held = query.held === undefined ? null : ((await heldAt([params.id], query.from, call)).get(params.id) ?? null)
    return { samples: samples.map(({ at, value, quality }) => [at, value, quality] as const), interpolation, held, truncated }
  },

  'GET /api/messages': async ({ query }, { db, scope }) => await listMessages(db, scope, query),
}
