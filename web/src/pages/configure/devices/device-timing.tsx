import { NativeSelect, NumberInput, Switch } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Severity } from '../../../api/replies.ts'
import { useT } from '../../../i18n/language.ts'
import { pushes } from '../../../live/pushes.ts'
import { useSession } from '../../../session.tsx'
import type { Draft } from './device-draft.ts'

interface Props {
  readonly draft: Draft
  readonly set: (change: Partial<Draft>) => void
  readonly errors: Readonly<Record<string, string>>
}

/** How often the device is asked, how long is waited, and when its silence becomes an alarm. */
export function DeviceTiming({ draft, set, errors }: Props): ReactNode {
  const t = useT()
  const { devices } = useSession()
  const number = (value: number | string, otherwise: number): number => (typeof value === 'number' ? value : otherwise)
  return (
    <div className="form-grid">
      {!pushes(draft) && (
        <NumberInput
          label={t('config.poll')}
          hideControls
          min={50}
          value={draft.pollMillis}
          error={errors['pollMillis']}
          onChange={(value) => set({ pollMillis: number(value, 1000) })}
        />
      )}
      <NumberInput
        label={t('config.timeout')}
        hideControls
        min={50}
        value={draft.timeoutMillis}
        error={errors['timeoutMillis']}
        onChange={(value) => set({ timeoutMillis: number(value, 2000) })}
      />
      <NumberInput
        label={t('config.commTimeout')}
        description={t('config.commTimeoutHint')}
        hideControls
        value={draft.commTimeoutSeconds ?? ''}
        error={errors['commTimeoutSeconds']}
        onChange={(value) => set({ commTimeoutSeconds: typeof value === 'number' ? value : null })}
      />
      <NativeSelect
        label={t('config.commSeverity')}
        value={draft.commSeverity}
        data={(['info', 'warning', 'critical'] as const).map((one) => ({ value: one, label: t(`severity.${one}`) }))}
        onChange={(event) => set({ commSeverity: event.currentTarget.value as Severity })}
      />
      {!pushes(draft) && (
        <NumberInput
          label={t('config.pollStreak')}
          description={t('config.commTimeoutHint')}
          hideControls
          min={1}
          max={1000}
          allowDecimal={false}
          value={draft.pollStreak ?? ''}
          error={errors['pollStreak']}
          onChange={(value) => set({ pollStreak: typeof value === 'number' ? value : null })}
        />
      )}
      <NativeSelect
        label={t('config.fedBy')}
        description={t('config.fedByHint')}
        value={draft.fedBy ?? ''}
        error={errors['fedBy']}
        data={[
          { value: '', label: t('config.fedByNone') },
          ...devices.filter(({ code }) => code !== draft.code).map(({ code, name }) => ({ value: code, label: `${code} ${name}` })),
        ]}
        onChange={(event) => set({ fedBy: event.currentTarget.value })}
      />
      <Switch
        label={t('config.enabled')}
        description={t('config.enabledHint')}
        checked={draft.enabled}
        onChange={(event) => set({ enabled: event.currentTarget.checked })}
      />
      {pushes(draft) && (
        <Switch
          label={t('config.liveness')}
          description={t('config.livenessHint')}
          checked={draft.livenessCounts}
          onChange={(event) => set({ livenessCounts: event.currentTarget.checked })}
        />
      )}
    </div>
  )
}
