/** Views that people keep, of the trends and of the alarms. */
export const enViews = {
  'views.title': 'Saved views',
  'views.none': 'No view was saved yet.',
  'views.mine': 'mine',
  'views.shared': 'shared by me',
  'views.name': 'Save this view as',
  'views.nameHint': 'A view of the same name is replaced.',
  'views.share': 'Everybody sees it',
  'views.link': 'The address of this page shows the same to a colleague.',
  'views.remove': 'Remove',
} as const
