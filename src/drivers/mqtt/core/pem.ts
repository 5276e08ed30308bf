const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----/g

/** @returns PEM text (RFC 7468) with its lines as they must be, however they were pasted; undefined when it is none */
export function readPem(text: string): string | undefined {
  const blocks = [...text.matchAll(BLOCK)].map(([, label = '', body = '']) => {
    const lines = body.replaceAll(/\s+/g, '').match(/.{1,64}/g) ?? []
    return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
  })
  return blocks.length === 0 ? undefined : blocks.join('')
}
