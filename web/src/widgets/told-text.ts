import { type Severity, SEVERITIES } from '#domain/alarm.ts'
import { readToldReason } from '#domain/told-reason.ts'
import type { Translate } from '../i18n/translate.ts'
import { channelName } from './channel-name.ts'

/** Why somebody was told, or was not, in the reader's language; the words of a provider, and of people, stay as they came. */
export function toldText(reason: string, t: Translate): string {
  // which words a reason needs is told by its English sentence, that both come from
  const say = t as (key: string, words: Readonly<Record<string, string>>) => string
  return readToldReason(reason, (known, { channel, severity, people, ...words }) =>
    say(`told.${known}`, {
      ...words,
      ...(channel === undefined ? {} : { channel: channelName(channel) }),
      ...(severity === undefined ? {} : { severity: isSeverity(severity) ? t(`severity.${severity}`) : severity }),
      ...(people === undefined ? {} : { people: peopleText(people, t) }),
    }),
  )
}

/** `Ana (telegram), Rui (later)` */
function peopleText(people: string, t: Translate): string {
  return people.replace(/\(([\w-]+)\)(?=,|$)/g, (_, how: string) => `(${how === 'later' ? t('told.later') : channelName(how)})`)
}

function isSeverity(text: string): text is Severity {
  return SEVERITIES.some((one) => one === text)
}
