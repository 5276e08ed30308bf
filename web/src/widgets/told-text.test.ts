import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ChainSnapshot } from '#domain/escalation.ts'
import { escalate } from '#notify/core/escalate.ts'
import { plan, type PlanContact } from '#notify/core/plan.ts'
import { pt } from '../i18n/pt.ts'
import { translator } from '../i18n/translate.ts'
import { toldText } from './told-text.ts'

const t = translator(pt, 'pt')

function contact(id: number, name: string, change: Partial<PlanContact> = {}): PlanContact {
  const addresses = [{ channel: 'telegram', address: `${id}`, problem: null }]
  return { id, name, enabled: true, minSeverity: 'info', deviceIds: null, categories: null, addresses, ...change }
}

const PEOPLE = [
  contact(1, 'Ana', { enabled: false }),
  contact(2, 'Rui', { minSeverity: 'critical' }),
  contact(3, 'Eva', { deviceIds: [9] }),
  contact(4, 'Zé', { addresses: [] }),
  contact(5, 'Ivo', { addresses: [{ channel: 'sms', address: '1', problem: null }] }),
]
const NOW = { severity: 'warning', deviceId: 7, category: '', channels: new Set(['telegram']), failing: new Set<string>(), now: 1 } as const

test('why nobody was told is said in the language of the reader, whichever way it was decided', () => {
  const decision = plan({ ...NOW, contacts: PEOPLE, cooldownMinutes: 0, lastToldAt: undefined, attempt: 0, quietUntil: () => undefined })
  assert.equal(
    toldText(decision.kind === 'wait' ? decision.why : '', t),
    'Ninguém pode ser avisado. Ana: desativado. Rui: só a partir de Crítico. Eva: não é avisado deste equipamento. Zé: não tem endereço. Ivo: SMS não está configurado.',
  )
  const steps = [
    { groupId: 1, groupName: 'Turno', waitMinutes: 5, attempts: 1 },
    { groupId: 2, groupName: 'Chefes', waitMinutes: 5, attempts: 1 },
  ]
  const chain: ChainSnapshot = { chainId: 1, name: 'Noite', onClear: 'stop', maxAgeMinutes: 60, repeatMinutes: 0, steps }
  const move = escalate(
    { ...NOW, chain, progress: { step: 0, tries: 0, declined: [], passed: [] } },
    {
      membersOf: (id) => (id === 1 ? { contacts: [], offDuty: [contact(6, 'Lia')] } : undefined),
      quietUntil: () => undefined,
    },
  )
  assert.equal(
    toldText(move.kind === 'exhausted' ? move.why : '', t),
    'Ninguém pode ser avisado. Lia: não está de serviço. Turno: ninguém está de serviço. Chefes: o grupo já não existe.',
  )
})

test('ways, severities and people are named as elsewhere', () => {
  assert.equal(toldText('Turno, 2: told to Ana (twilio-sms), Rui (later)', t), 'Turno, 2: avisados Ana (SMS (Twilio)), Rui (mais tarde)')
  assert.equal(toldText('email: 550 No such user; sms only from critical', t), 'email: 550 No such user; SMS só a partir de Crítico')
  assert.equal(toldText('Shelved: Platform: Rui, pump is being repaired.', t), 'Adiado: Platform: Rui, pump is being repaired.')
})
