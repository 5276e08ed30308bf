import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/**
 * X-Twilio-Signature: base64 of HMAC-SHA1, under the auth token, of the full URL followed by every field of the form, sorted by name,
 * name and value joined. A body that is no form is named by its SHA-256 in the query (`bodySHA256`) instead.
 */
export function twilioSignature(authToken: string, url: string, fields: Readonly<Record<string, string>>): string {
  const text = Object.keys(fields)
    .sort()
    .reduce((sum, name) => `${sum}${name}${fields[name]}`, url)
  return createHmac('sha1', authToken).update(text, 'utf8').digest('base64')
}

/** Whether a call is from Twilio. Proxies add and drop a standard port: both forms count. */
export function isSignedByTwilio(authToken: string, given: string, url: string, body: Uint8Array, isForm: boolean): boolean {
  const fields = isForm ? Object.fromEntries(new URLSearchParams(Buffer.from(body).toString('utf8'))) : {}
  const named = new URL(url).searchParams.get('bodySHA256')
  if (!isForm && body.length > 0 && (named === null || !equal(createHash('sha256').update(body).digest('hex'), named.toLowerCase())))
    return false
  return [url, withPort(url), withoutPort(url)].some((form) => equal(twilioSignature(authToken, form, fields), given))
}

function withPort(url: string): string {
  const { protocol, port } = new URL(url)
  return port !== '' ? url : url.replace(/^(https?:\/\/[^/?#]+)/, `$1:${protocol === 'https:' ? 443 : 80}`)
}

function withoutPort(url: string): string {
  return url.replace(/^(https:\/\/[^/?#:]+):443(?=[/?#]|$)|^(http:\/\/[^/?#:]+):80(?=[/?#]|$)/, '$1$2')
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
