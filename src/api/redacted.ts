const SECRET = /password|secret|token|csrf|^current$/i

/** A copy for the audit in which nothing secret stands. */
export function redacted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redacted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (!SECRET.test(key)) return [key, redacted(inner)]
      return [
        key,
        typeof inner === 'object' && inner !== null ? Object.fromEntries(Object.keys(inner).map((name) => [name, '***'])) : '***',
      ]
    }),
  )
}
