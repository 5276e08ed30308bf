/** Coming in, and oneself. */
export const enAccount = {
  'account.language': 'Language',
  'account.timeZone': 'Time zone',
  'account.login': 'User name',
  'account.displayName': 'Your name',
  'account.password': 'Password',
  'account.newPassword': 'New password',
  'account.passwordRule': 'At least {count} characters. A few words are better than one odd word.',

  'login.title': 'Log in',
  'login.submit': 'Log in',
  'login.forgotten': 'Forgotten? An administrator can give you a new link.',
  'login.setupNeeded': 'There is no administrator yet. Open the set-up link that the server printed when it started.',

  'setup.title': 'Set up SyncTide',
  'setup.hint': 'Two questions about the site, then your own login. Everything can be changed later.',
  'setup.site': 'The site',
  'setup.siteName': 'Name of the site',
  'setup.administrator': 'You, the administrator',
  'setup.submit': 'Begin',
  'setup.done': 'This installation is set up already.',
  'setup.noToken': 'This page needs the one-time link that the server printed when it started.',

  'passwordLink.title': 'Choose your password',
  'passwordLink.submit': 'Save and log in',
  'passwordLink.noToken': 'This page needs the one-time link that an administrator gave you.',

  'ack.title': 'Alarm',
  'ack.as': 'You acknowledge as {name}.',
  'ack.done': 'Acknowledged.',
  'ack.by': 'Acknowledged by {who}, {at}.',
  'ack.expired': 'This link has expired. Log in to see the alarm.',

  'me.title': 'My profile',
  'me.profile': 'Profile',
  'me.saved': 'Saved.',
  'me.siteLanguage': 'Like the site ({language})',
  'me.siteZone': 'Like the site ({zone})',
  'me.currentPassword': 'Current password',
  'me.changePassword': 'Change password',
  'me.passwordChanged': 'Password changed. All other sessions have ended.',
  'me.otherSessions': 'Changing it ends your sessions on all other devices.',

  'notFound.title': 'There is no such page',
  'notFound.hint': 'It may have been removed, or is not among your devices.',
  'notFound.home': 'Go to Home',
} as const
