import { Button, Group } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { CurveTime } from '#calc/curve-verdict.ts'
import { call, type CallReply } from '../../../api/client.ts'
import { formatNumber } from '../../../format/numbers.ts'
import { useT } from '../../../i18n/language.ts'
import { useSession } from '../../../session.tsx'
import { Dialog } from '../../../widgets/dialog.tsx'
import { ErrorNote } from '../../../widgets/error-note.tsx'
import type { Curve } from '../../curves/curve-uses.ts'
import { type CurveBody, measuredQuery } from '../../curves/measured-query.ts'
import type { Action } from '../use-action.ts'
import { bodyOfCurve } from './curve-draft.ts'

type Effect = CallReply<'POST /api/curves/:id/preview'>[number]

interface Props {
  readonly curve: Curve
  readonly body: CurveBody
  readonly action: Action
  readonly onSave: () => void
  readonly onClose: () => void
}

/** What an edit means for every device that uses the curve, before it is saved. */
export function EffectDialog({ curve, body, action, onSave, onClose }: Props): ReactNode {
  const t = useT()
  const query = useQuery({
    queryKey: ['curve-effect', curve.id, body],
    queryFn: async ({ signal }) => await call('POST /api/curves/:id/preview', { params: { id: curve.id }, body }, signal),
    staleTime: 5000,
  })
  const effects = query.data ?? []
  const hidden = query.isSuccess ? curve.rules - effects.length : 0
  return (
    <Dialog title={t('curves.effectTitle', { name: curve.name })} onClose={onClose} size="lg">
      <div className="stack">
        <p>{t('curves.effectText', { count: curve.rules })}</p>
        <ErrorNote error={query.error} retry={() => void query.refetch()} />
        <div className="table-wrap">
          <table className="grid">
            <thead>
              <tr>
                <th scope="col">{t('curves.device')}</th>
                <th scope="col">{t('curves.alarmNow')}</th>
                <th scope="col">{t('curves.outsideNow')}</th>
                <th scope="col" className="number">
                  {t('curves.outsideDay')}
                </th>
              </tr>
            </thead>
            <tbody>
              {effects.map((effect) => (
                <EffectRow key={effect.ruleId} effect={effect} curve={curve} body={body} />
              ))}
            </tbody>
          </table>
        </div>
        {hidden > 0 && <p className="meta">{t('curves.hiddenUses', { count: hidden })}</p>}
        <ErrorNote error={action.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button loading={action.busy} disabled={!query.isSuccess} onClick={onSave} data-autofocus>
            {t('curves.saveForAll', { count: curve.rules })}
          </Button>
        </Group>
      </div>
    </Dialog>
  )
}

function EffectRow({ effect, curve, body }: { effect: Effect; curve: Curve; body: CurveBody }): ReactNode {
  const t = useT()
  const { locale } = useSession()
  const query = useQuery(
    measuredQuery({ xTagId: effect.xTagId, yTagId: effect.tagId, span: '24h', curves: [bodyOfCurve(curve), body], points: 10 }),
  )
  const share = (time: CurveTime | undefined): string => {
    const known = query.data?.known ?? 0
    return time === undefined || known === 0 ? '–' : `${formatNumber((100 * time.outside) / known, 1, locale)} %`
  }
  return (
    <tr>
      <td>
        {effect.deviceCode} · {effect.tagName}
        <span className="meta" style={{ display: 'block' }}>
          {effect.name}
        </span>
      </td>
      <td>{t(effect.standing ? 'curves.standing' : 'curves.notStanding')}</td>
      <td>{effect.outside === null ? t('curves.noVerdict') : t(effect.outside ? 'curves.outside' : 'curves.inside')}</td>
      <td className="number">{query.isPending ? '…' : `${share(query.data?.times[0])} → ${share(query.data?.times[1])}`}</td>
    </tr>
  )
}
