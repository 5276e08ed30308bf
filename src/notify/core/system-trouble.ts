/** Troubles of the system itself that people are told of in their own words, by the code of their event. */
export const SYSTEM_TROUBLES = [
  'keeper.disk_room',
  'keeper.backup_failed',
  'keeper.backup_overdue',
  'keeper.backup_hook_failed',
  'keeper.deliveries_unread',
  'alarm.engine_silent',
] as const
export type SystemTrouble = (typeof SYSTEM_TROUBLES)[number] | 'other'

export function systemTrouble(code: string): SystemTrouble {
  return SYSTEM_TROUBLES.find((one) => one === code) ?? 'other'
}
