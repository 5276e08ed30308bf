/** Rules tried on history. */
export const enBackTest = {
  'backTest.title': 'Tried on history',
  'backTest.try': 'Try on history',
  'backTest.running': 'Judging history',
  'backTest.occurrences': 'Alarms',
  'backTest.timeInAlarm': 'Time in alarm',
  'backTest.longest': 'Longest',
  'backTest.chattering': 'Chattering',
  'backTest.floods': 'Floods',
  'backTest.nothing': 'Nothing was stored in this period: no alarm means nothing.',
  'backTest.since': 'History begins at {time}.',
  'backTest.gaps': 'For {span} nothing is known (hatched): there the rule could not judge.',
  'backTest.raised': 'Raised',
  'backTest.lasted': 'Lasted',
  'backTest.stands': 'Still stands',
  'backTest.days': { one: '{count} day', other: '{count} days' },
  'backTest.list': { one: 'The newest alarm', other: 'The newest {count} alarms' },
} as const
