import type { Translate } from '../../i18n/translate.ts'

const ASIDE = {
  Shelved: 'hidden.shelved',
  'Device out of service': 'hidden.out_of_service',
  'Suppressed by design': 'hidden.by_design',
} as const

/** Why messages ended, as it was noted; that an alarm was put aside in the reader's language: by whom and why are theirs. */
export function toldReason(reason: string, t: Translate): string {
  const [, how, rest = ''] = /^(Shelved|Device out of service|Suppressed by design)(: .*)?\.$/s.exec(reason) ?? []
  return how === undefined ? reason : `${t(ASIDE[how as keyof typeof ASIDE])}${rest}`
}
