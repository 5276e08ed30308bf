import type { z } from 'zod'
import { ConfigError } from '#base/errors.ts'

/**
 * @param whose who knows the settings, as people call it
 * @param known the settings there are; where there are none, the remedy
 * @returns the first thing wrong with a form, for people
 */
export function settingError(error: z.ZodError, whose: string, known: readonly string[] | string): ConfigError {
  const [issue] = error.issues
  if (issue === undefined) return new ConfigError('', 'The settings cannot be read', { cause: error })
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? ''
    const [of, remedy] = typeof known === 'string' ? [' of a tag', known] : ['', `It knows ${known.join(', ')}.`]
    return new ConfigError(key, `${whose} knows no setting "${key}"${of}`, { cause: error, remedy })
  }
  const field = issue.path.join('.')
  return new ConfigError(field, field === '' ? issue.message : `${field}: ${issue.message}`, { cause: error })
}
