import { ConfigError } from '#base/errors.ts'
import { parsePhone } from '../core/phone.ts'

/** @returns E.164. @throws ConfigError when it is no number with its country */
export function phoneAddress(address: string): string {
  const phone = parsePhone(address)
  if (phone !== undefined) return phone
  const text = address.trim()
  const what = /@/.test(text)
    ? `${text} is an e-mail address.`
    : /^\d{9,10}$/.test(text.replace(/[\s-]/g, ''))
      ? `${text} has no country.`
      : /^-\d+$/.test(text)
        ? `${text} is the chat id of a Telegram group.`
        : `${text} is no telephone number.`
  throw new ConfigError('address', what, { remedy: 'Write it with its country, as +351 912 345 678.' })
}
