import { type ReactNode, useState } from 'react'
import { chooseSignal, useSignalChoice } from '../../alarm-signal.ts'
import { useT } from '../../i18n/language.ts'
import { canNotify, notify } from '../../notification.ts'
import { CheckBox } from '../../widgets/controls/check-box.tsx'
import { beep, wakeHorn } from './horn.ts'

/** Whether this browser sounds and notifies; it is asked for permission only by a click here. */
export function SignalSwitches(): ReactNode {
  const t = useT()
  const choice = useSignalChoice()
  const possible = canNotify()
  const [refused, setRefused] = useState(possible && Notification.permission === 'denied')
  const ask = async (on: boolean): Promise<void> => {
    const answer = on ? await Notification.requestPermission() : 'default'
    // seen, not only promised: it may be switched off in the system as well
    const shown =
      answer === 'granted' && (await notify({ title: t('signal.notifyOn'), body: '', alarm: null, lasting: false }, () => undefined))
    setRefused(answer === 'denied' || (answer === 'granted' && !shown))
    chooseSignal({ notify: shown })
  }
  return (
    <div className="signal-switches">
      <CheckBox
        label={t('signal.sound')}
        checked={choice.sound}
        onChange={(event) => {
          const on = event.currentTarget.checked
          chooseSignal({ sound: on })
          if (on) void wakeHorn().then(() => beep(false))
        }}
      />
      <CheckBox
        label={t('signal.notify')}
        checked={choice.notify && possible && !refused}
        disabled={!possible || refused}
        onChange={(event) => void ask(event.currentTarget.checked)}
      />
      {!possible && <span className="meta">{t('signal.insecure')}</span>}
      {refused && <span className="meta">{t('signal.refused')}</span>}
    </div>
  )
}
