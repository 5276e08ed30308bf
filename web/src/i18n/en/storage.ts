/** What is kept: storage, retention, backups. */
export const enStorage = {
  'storage.title': 'Storage',
  'storage.hint': 'Room on the disk, retention, backups',
  'retention.title': 'Data retention',
  'retention.text':
    'What is older is deleted at 03:00 site time. An alarm that stands and an open case keep what they show, whatever its age. Room in the database is used again for new samples.',
  'retention.samples': 'Raw measurements',
  'retention.alarms': 'Alarm history',
  'retention.messages': 'Messaging history',
  'retention.csvFiles': 'CSV source files',
  'retention.csvHint': 'Deletes files that were read to their last byte; the record of what was read stays.',
  'retention.forEver': 'for ever',
  'retention.days': { one: '{count} day', other: '{count} days' },
  'retention.years': { one: '{count} year', other: '{count} years' },
  'retention.nothingYet': 'Nothing is stored yet.',
  'retention.now': { one: '{count} record, {size}, since {since}.', other: '{count} records, {size}, since {since}.' },
  'retention.takesNothing': 'Nothing is that old.',
  'retention.takes': {
    one: 'Deletes {count} record, {size}, older than {before}.',
    other: 'Deletes {count} records, {size}, older than {before}.',
  },
  'retention.next': 'Next run:',
  'retention.last': 'Last run:',
  'retention.confirmTitle': 'Save the retention?',
  'retention.confirmText': 'The next night deletes about {size} for good. Only a backup brings it back.',
  'retention.confirmNothing': 'Nothing is old enough to be deleted yet.',
} as const
