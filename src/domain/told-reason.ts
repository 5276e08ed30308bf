/**
 * Why somebody was told, or was not. What is stored, logged and exported is the English sentence; a page reads it back and says it in its
 * reader's language, so that rows of any age are understood. Whoever writes a reason takes it from here.
 */
export const TOLD_REASONS = {
  first_choice: 'First choice',
  channel_not_set_up: '{channel} is not set up',
  channel_only_from: '{channel} only from {severity}',
  channel_failed: '{channel} failed',
  channel_failing: '{channel} is failing',
  quiet_hours: 'waits for the end of quiet hours.',
  together: 'many at once: told in one message.',

  disabled: 'disabled.',
  only_from: 'only from {severity}.',
  other_device: 'not told of this device.',
  other_category: 'not told of this category.',
  no_address: 'has no address.',
  said_no: 'said no.',
  off_duty: 'not on duty.',
  group_gone: 'the group is gone.',
  group_empty: 'the group is empty.',
  nobody_on_duty: 'nobody is on duty.',

  alarm_gone: 'The alarm is gone.',
  acknowledged: 'Acknowledged by {by}',
  returned_untold: 'Returned to normal before anybody was told.',
  returned: 'Returned to normal.',
  resumed: 'Beyond its limit again before that was told.',
  unanswered_too_old: 'Nobody answered, and it is too old to be told any more.',
  not_in_time: 'Nobody could be told in time.',
  device_silent: 'Its device is not heard of, and that is told: what its tags say waits until it is heard of again.',
  cooldown: 'Repeated within the cooldown of its rule.',
  told_to: 'Told to {people}',
  group_told_to: '{group}, {times}: told to {people}',
  no_contact: 'There is no contact.',
  nobody_can_be_told: 'Nobody can be told.',
  nobody_could_be_told: 'Nobody could be told',
  nobody_answered: 'Nobody answered.',
  too_old: 'Too old to be told any more.',
  changed_chain: '{by}: goes on by the changed chain.',
  told_again: 'It is not over: told again',
  not_suppressed: 'No longer suppressed',
  suppressed: 'Suppressed.',
  by_design: 'Suppressed by design.',
  shelved: 'Shelved: {by}.',
  out_of_service: 'Device out of service: {by}.',
  raised_again: 'System: raised again',
  more_severe: 'System: became more severe',
  system_returned: 'System: returned to normal',
  rule_removed: 'System: rule removed',
  rule_disabled: 'System: rule disabled',
  tag_disabled: 'System: tag disabled',
  device_disabled: 'System: device disabled',
  no_tags: 'System: no tags to hear of',

  chat_left: 'The person blocked the bot or left the chat.',
  contact_gone: 'The contact was removed or disabled.',
  address_gone: 'This address was taken off the contact.',
  too_late: 'Could not be sent in time.',
  case_closed: 'The case is closed.',
  interrupted: 'Interrupted by a stop.',
  waits_for_channel: '{channel} does not work at the moment: it waits until it does.',
  channel_down: '{channel} does not work at the moment.',
  no_answer: '{channel} did not answer in time.',
  sent_twice: 'Sent twice without a receipt; it may have arrived.',
} as const

export type ToldReason = keyof typeof TOLD_REASONS
export type ToldWords = Readonly<Record<string, string | number>>

/** The sentence of a reason. */
export function toldReason(reason: ToldReason, words: ToldWords = {}): string {
  return TOLD_REASONS[reason].replace(/\{(\w+)\}/g, (_, name: string) => String(words[name] ?? ''))
}

const READERS = (Object.keys(TOLD_REASONS) as ToldReason[]).map((reason) => {
  const names = [...TOLD_REASONS[reason].matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')
  // a way is one word, or a title; anything else may be as its writer wanted it
  const source = TOLD_REASONS[reason]
    .replace(/[.]/g, '\\.')
    .replace('{channel}', '([^;:,]+?)')
    .replace(/\{\w+\}/g, '(.+?)')
  return { reason, names, pattern: new RegExp(`^${source}$`, 's') }
})

/**
 * Says a stored reason anew: sentence by sentence, and within what stands behind a name and a colon.
 * @param say one that is known, with the words that stood in it; what nobody here wrote, such as the words of a provider, stays as it came
 */
export function readToldReason(text: string, say: (reason: ToldReason, words: Readonly<Record<string, string>>) => string): string {
  for (const { reason, names, pattern } of READERS) {
    const found = pattern.exec(text)
    if (found === null || (names.includes('channel') && /\. /.test(found[1] ?? ''))) continue
    return say(reason, Object.fromEntries(names.map((name, index) => [name, found[index + 1] ?? ''])))
  }
  const again = (part: string): string => readToldReason(part, say)
  if (text.endsWith('.') && READERS.some(({ pattern }) => pattern.test(text.slice(0, -1)))) return `${again(text.slice(0, -1))}.`
  for (const between of ['; ', '. ', ': ']) {
    const at = text.indexOf(between)
    if (at <= 0) continue
    const keep = between === '. ' ? 1 : 0
    const before = text.slice(0, at + keep)
    return `${again(before)}${between.slice(keep)}${again(text.slice(at + between.length))}`
  }
  return text
}
