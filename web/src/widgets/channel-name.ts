const CHANNELS: Readonly<Record<string, string>> = {
  telegram: 'Telegram',
  email: 'E-mail',
  sms: 'SMS',
  'twilio-sms': 'SMS (Twilio)',
  whatsapp: 'WhatsApp',
  'twilio-whatsapp': 'WhatsApp (Twilio)',
}

/** What people call a way by which messages go. */
export function channelName(channel: string): string {
  return CHANNELS[channel] ?? channel
}
