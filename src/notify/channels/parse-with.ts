import type { z } from 'zod'
import { ConfigError } from '#base/errors.ts'

/** @throws ConfigError naming the first field that cannot be used */
export function parseWith<T>(schema: z.ZodType<T>, raw: unknown): T {
  const parsed = schema.safeParse(raw)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new ConfigError(issue?.path.join('.') ?? '', issue?.message ?? 'The settings cannot be used.', { cause: parsed.error })
}
