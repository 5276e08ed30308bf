import type { z } from 'zod'
import { ConfigError } from '#base/errors.ts'

/** @returns the first thing wrong with a form, for people. @param known the fields there are */
export function settingError(error: z.ZodError, known: readonly string[]): ConfigError {
  const [issue] = error.issues
  if (issue === undefined) return new ConfigError('', 'The settings cannot be read', { cause: error })
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? ''
    return new ConfigError(key, `MQTT knows no setting "${key}"`, { cause: error, remedy: `It knows ${known.join(', ')}.` })
  }
  const field = issue.path.join('.')
  return new ConfigError(field, field === '' ? issue.message : `${field}: ${issue.message}`, { cause: error })
}
