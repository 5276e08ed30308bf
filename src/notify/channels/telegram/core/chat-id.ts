/** What somebody typed instead of a chat id; undefined for what may be one. Users have up to ten digits, groups begin with a minus. */
export function wrongChat(text: string): string | undefined {
  if (text.startsWith('@') || /t\.me\//i.test(text)) return `${text} is a user name: a bot cannot write to one.`
  if (/^[^@\s]+@[^@\s]+$/.test(text)) return `${text} is an e-mail address, not a Telegram chat.`
  if (/^\d+:[\w-]{20,}$/.test(text)) return 'This is the token of a bot, not a chat id: it belongs into the gateway.'
  const digits = text.replace(/[\s()./]/g, '')
  const phone = /^(\+|0)\d{7,}$/.test(digits) || (digits !== text && /^\d{7,}$/.test(digits)) || /^[1-9]\d{10,14}$/.test(text)
  if (phone) return `${text} is a telephone number, and no Telegram chat id.`
  return /^-?[1-9]\d{0,15}$/.test(text) ? undefined : `${text} is no Telegram chat id.`
}

/** Whether something that may be a chat id reads like a mobile number without its country, so that it is worth a second look. */
export function looksLikePhone(text: string): boolean {
  // Portugal, Spain, France and Germany without their zero, the United Kingdom
  return /^(9[1236]\d{7}|[67]\d{8}|1[567]\d{8,9}|7\d{9})$/.test(text.trim())
}
