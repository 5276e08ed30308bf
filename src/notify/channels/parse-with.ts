import type { z } from 'zod'
import { ConfigError } from '#base/errors.ts'
import { plainIssue } from '#base/plain-issue.ts'

/** @throws ConfigError naming the first field that cannot be used */
export function parseWith<T>(schema: z.ZodType<T>, raw: unknown): T {
  const parsed = schema.safeParse(raw, { error: plainIssue })
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const what = issue?.message ?? 'The settings cannot be used.'
  throw new ConfigError(issue?.path.join('.') ?? '', `${what.charAt(0).toUpperCase()}${what.slice(1)}`, { cause: parsed.error })
}
