import { attributionText } from '#domain/alarm.ts'
import type { ChainSnapshot } from '#domain/escalation.ts'
import { InvalidRequest, NotFound } from '#base/errors.ts'
import { changePolicy, policyChanges, type PolicyChange } from '#notify/change-policy.ts'
import { dutyBetween } from '#notify/core/duty.ts'
import { simulate } from '#notify/core/simulate.ts'
import { listLiveCases } from '#store/cases.ts'
import { listContacts } from '#store/contacts.ts'
import { findDevice } from '#store/devices.ts'
import { deleteChain, deleteGroup, listChains, listGroups, saveChain, saveGroup } from '#store/escalation.ts'
import { listGateways } from '#store/gateways.ts'
import type { Queryable } from '#store/database.ts'
import { readSettings, saveSettings, type Settings } from '#store/settings.ts'
import type { Handlers } from '../handlers.ts'

type Keys =
  | 'GET /api/groups'
  | 'POST /api/groups'
  | 'PUT /api/groups/:id'
  | 'DELETE /api/groups/:id'
  | 'POST /api/groups/duty'
  | 'GET /api/chains'
  | 'POST /api/chains'
  | 'PUT /api/chains/:id'
  | 'DELETE /api/chains/:id'
  | 'POST /api/chains/simulate'
  | 'GET /api/messaging'
  | 'PUT /api/messaging'
  | 'GET /api/cases'
  | 'GET /api/cases/changes'
  | 'POST /api/cases/changes'

async function messagingOf(db: Queryable): Promise<Pick<Settings, 'replyLanguages' | 'systemRoute'>> {
  const { replyLanguages, systemRoute } = await readSettings(db)
  return { replyLanguages, systemRoute }
}

function shownChange({ case: of, before, after }: PolicyChange) {
  return {
    caseId: of.id,
    displayNumber: of.displayNumber,
    alarmName: of.alarmName,
    alarmKind: of.kind,
    severity: of.severity,
    before: before === null ? null : shownChain(before),
    after: shownChain(after.chain),
    toldAlready: after.chain.steps.filter((one) => after.passed.includes(one.groupId)).map((one) => one.groupName),
    next: after.next,
    nextActionAt: after.nextActionAt,
  }
}

function shownChain({ name, steps, onClear, maxAgeMinutes, repeatMinutes }: ChainSnapshot) {
  const told = steps.map(({ groupName, waitMinutes, attempts }) => ({ groupName, waitMinutes, attempts }))
  return { name, steps: told, onClear, maxAgeMinutes, repeatMinutes }
}

/** Who is told one after the other, who is on duty, and what is under way. */
export const escalationRoutes: Handlers<Keys> = {
  'GET /api/groups': async (_input, { db }) => await listGroups(db),

  'POST /api/groups': async ({ body }, { db, note }) => {
    const saved = await db.transaction((tx) => saveGroup(tx, null, body))
    note({ object: `group ${saved.name}`, after: body })
    return saved
  },

  'PUT /api/groups/:id': async ({ params, body }, { db, note }) => {
    const before = (await listGroups(db)).find((one) => one.id === params.id)
    const saved = await db.transaction((tx) => saveGroup(tx, params.id, body))
    note({ object: `group ${saved.name}`, before, after: body })
    return saved
  },

  'DELETE /api/groups/:id': async ({ params }, { db, note }) => {
    const before = (await listGroups(db)).find((one) => one.id === params.id)
    if (before === undefined) throw new NotFound(`There is no group ${params.id}.`)
    const using = (await listChains(db)).filter((chain) => chain.steps.some((step) => step.groupId === params.id))
    if (using.length > 0) {
      throw new InvalidRequest(`${before.name} is a step of ${using.map((one) => one.name).join(', ')}.`, {
        remedy: 'Take it out of the chain first: an alarm would reach nobody there.',
      })
    }
    await deleteGroup(db, params.id)
    note({ object: `group ${before.name}`, before })
    return {}
  },

  'POST /api/groups/duty': async ({ body }, { db, note }) => {
    note(null)
    const { site } = await readSettings(db)
    const until = Temporal.Instant.fromEpochMilliseconds(body.from / 1000)
      .toZonedDateTimeISO(site.timeZone)
      .add({ days: body.days })
    return dutyBetween(body.schedule, body.from, until.epochMilliseconds * 1000, site.timeZone)
  },

  'GET /api/chains': async (_input, { db }) => await listChains(db),

  'POST /api/chains': async ({ body }, { db, note }) => {
    const saved = await db.transaction((tx) => saveChain(tx, null, body))
    note({ object: `chain ${saved.name}`, after: body })
    return saved
  },

  'PUT /api/chains/:id': async ({ params, body }, { db, note }) => {
    const before = (await listChains(db)).find((one) => one.id === params.id)
    const saved = await db.transaction((tx) => saveChain(tx, params.id, body))
    note({ object: `chain ${saved.name}`, before, after: body })
    return saved
  },

  'DELETE /api/chains/:id': async ({ params }, { db, note }) => {
    const before = (await listChains(db)).find((one) => one.id === params.id)
    if (before === undefined) throw new NotFound(`There is no chain ${params.id}.`)
    await deleteChain(db, params.id)
    note({ object: `chain ${before.name}`, before })
    return {}
  },

  'POST /api/chains/simulate': async ({ body }, { db, scope, note }) => {
    note(null)
    if ((await findDevice(db, scope, body.deviceId)) === undefined) throw new NotFound(`There is no device ${body.deviceId}.`)
    const { site } = await readSettings(db)
    const at = Temporal.PlainDateTime.from(body.at).toZonedDateTime(site.timeZone).epochMilliseconds * 1000
    const channels = new Set((await listGateways(db)).filter((one) => one.enabled).map((one) => one.channel))
    const policy = {
      contacts: await listContacts(db),
      groups: await listGroups(db),
      chains: await listChains(db),
      channels,
      timeZone: site.timeZone,
    }
    return simulate(policy, { severity: body.severity, deviceId: body.deviceId, category: body.category, at })
  },

  'GET /api/messaging': async (_input, { db }) => await messagingOf(db),

  'PUT /api/messaging': async ({ body }, { db, note }) => {
    const { systemRoute: route } = body
    const known =
      route.to === 'contacts' || (route.to === 'group' ? await listGroups(db) : await listChains(db)).some((one) => one.id === route.id)
    if (!known)
      throw new InvalidRequest('There is no such group or chain any more.', { field: 'systemRoute', remedy: 'Choose another one.' })
    const before = await messagingOf(db)
    await saveSettings(db, body)
    note({ object: 'messaging', before, after: body })
    return {}
  },

  'GET /api/cases': async (_input, { db, scope }) => await listLiveCases(db, scope),

  'GET /api/cases/changes': async (_input, { db, scope, clock }) => (await policyChanges(db, scope, clock.now())).map(shownChange),

  'POST /api/cases/changes': async ({ body }, { db, scope, clock, user, note }) => {
    const who = attributionText({ by: 'platform', user: user.displayName })
    const changes = await changePolicy(db, scope, body.caseIds, { who, at: clock.now() })
    const shown = changes.map(shownChange)
    const numbers = shown.map((one) => `#${one.displayNumber}`).join(', ')
    note({
      object: `escalation of ${numbers === '' ? 'nothing: it was acknowledged, or had changed' : numbers}`,
      before: changes.map((one) => ({ alarm: one.case.displayNumber, chain: one.before, step: one.case.step, tries: one.case.tries })),
      after: changes.map((one) => ({ alarm: one.case.displayNumber, ...one.after })),
    })
    return shown
  },
}
