import { ConfigError, InvalidRequest, NotFound } from '#base/errors.ts'
import { backTest } from '#alarm/back-test.ts'
import { attributionText } from '#domain/alarm.ts'
import { inScope } from '#domain/user.ts'
import { validateRule } from '#store/alarm-rule-checks.ts'
import { floodNow } from '#store/alarm-guards.ts'
import { draftRule } from '#store/alarm-plan.ts'
import { putInService, shelveRules, takeOutOfService, unshelveRules } from '#store/alarm-suppress.ts'
import { listStatusHistory } from '#store/device-status-history.ts'
import { listChattering, listDesigned, listMaintenance, listShelves, listSuppressionHistory, requestReset } from '#store/suppressions.ts'
import { sortedPoints } from '#plant/curves.ts'
import type { Handlers, UserCall } from '../handlers.ts'
import { mayHandle } from '../may-handle.ts'

type Keys =
  | 'POST /api/rules/shelve'
  | 'POST /api/rules/unshelve'
  | 'POST /api/rules/:id/reset'
  | 'PUT /api/devices/:id/maintenance'
  | 'DELETE /api/devices/:id/maintenance'
  | 'GET /api/suppressions'
  | 'GET /api/devices/:id/status-history'
  | 'POST /api/rules/back-test'

const DAY = 86_400_000_000
const LONGEST_SHELF = 7 * DAY
const LONGEST_BACK_TEST = 92 * DAY
const SHOWN = 200

/** Putting alarms aside, resetting them, and trying a rule on history. */
export const alarmRoutes: Handlers<Keys> = {
  'POST /api/rules/shelve': async ({ body: { ruleIds, until, reason } }, call) => {
    const now = call.clock.now()
    if (until <= now || until > now + LONGEST_SHELF) {
      throw new InvalidRequest('A shelf ends in the future, within 7 days.', { field: 'until' })
    }
    await mayHandle(call, { rules: ruleIds })
    await shelveRules(call.db, call.scope, ruleIds, until, { who: whoOf(call), reason, at: now })
    call.note({ object: `rules ${ruleIds.join(', ')}`, after: { shelved: { until, reason } } })
    return {}
  },

  'POST /api/rules/unshelve': async ({ body: { ruleIds } }, call) => {
    await mayHandle(call, { rules: ruleIds })
    const ended = await unshelveRules(call.db, call.scope, ruleIds, { who: whoOf(call), at: call.clock.now() })
    call.note({ object: `rules ${ended.join(', ')}`, after: { shelved: null } })
    return { ruleIds: ended }
  },

  'POST /api/rules/:id/reset': async ({ params }, call) => {
    await mayHandle(call, { rules: [params.id] })
    await requestReset(call.db, call.scope, params.id, whoOf(call), call.clock.now())
    call.note({ object: `rule ${params.id}`, after: { reset: true } })
    return {}
  },

  'PUT /api/devices/:id/maintenance': async ({ params, body }, call) => {
    const at = call.clock.now()
    if (body.until !== null && body.until <= at) throw new InvalidRequest('Maintenance ends in the future.', { field: 'until' })
    await takeOutOfService(call.db, call.scope, params.id, body.until, { who: whoOf(call), reason: body.reason, at })
    call.note({ object: `device ${params.id}`, after: { outOfService: body } })
    return {}
  },

  'DELETE /api/devices/:id/maintenance': async ({ params }, call) => {
    await putInService(call.db, call.scope, params.id, { who: whoOf(call), at: call.clock.now() })
    call.note({ object: `device ${params.id}`, after: { outOfService: null } })
    return {}
  },

  'GET /api/suppressions': async (_input, { db, scope }) => ({
    shelves: await listShelves(db, scope),
    maintenance: await listMaintenance(db, scope),
    designed: await listDesigned(db, scope),
    chattering: await listChattering(db, scope),
    history: await listSuppressionHistory(db, scope, SHOWN),
    flood: (await floodNow(db, scope)) ?? null,
  }),

  'GET /api/devices/:id/status-history': async ({ params, query }, { db, scope }) => {
    const changes = await listStatusHistory(db, scope, params.id, query.from, query.to)
    return changes.map(({ at, status, problem }) => ({ at, status, problem }))
  },

  'POST /api/rules/back-test': async ({ body }, { db, scope, feed, note }) => {
    note(null)
    const { from, to } = body
    if (!(from < to) || to - from > LONGEST_BACK_TEST) throw new InvalidRequest('The period is at most 92 days.', { field: 'from' })
    await feed.current()
    const deviceId = feed.deviceOf(body.rule.tagId)
    if (deviceId === undefined || !inScope(scope, deviceId)) throw new NotFound(`There is no tag ${body.rule.tagId}.`)
    validateRule(body.rule)
    const rule = await draftRule(
      db,
      body.rule,
      deviceId,
      body.curve === null ? null : { ...body.curve, points: sortedPoints(body.curve.points) },
    )
    const xDevice = rule.curve === null ? deviceId : feed.deviceOf(rule.curve.xTagId)
    if (xDevice === undefined || !inScope(scope, xDevice)) throw new ConfigError('xTag', `There is no tag ${body.rule.xTag}.`)
    return await backTest(db, scope, rule, from, to)
  },
}

function whoOf({ user }: UserCall): string {
  return attributionText({ by: 'platform', user: user.displayName })
}
