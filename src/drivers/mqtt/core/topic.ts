import { ConfigError } from '#base/errors.ts'

/** MQTT 4.7.3: a topic is at most 65,535 bytes; more levels than this nobody routes. */
const MAX_LENGTH = 65_535

/**
 * Checks a topic filter by MQTT 4.7.1: `+` stands for one whole level, `#` for all the rest and only at the end.
 * @throws ConfigError naming `field`, with the place of the fault
 */
export function checkFilter(filter: string, field: string): void {
  if (filter === '') throw new ConfigError(field, 'The topic is missing', { remedy: 'Write it as the broker shows it: plant/pump1/flow.' })
  if (filter.length > MAX_LENGTH || filter.includes('\0'))
    throw new ConfigError(field, 'This is no MQTT topic: too long, or with a NUL in it')
  const levels = filter.split('/')
  levels.forEach((level, index) => {
    if (level.includes('+') && level !== '+') {
      throw new ConfigError(field, `"${level}" in level ${index + 1}: + must stand alone between two slashes`, {
        remedy: 'Write plant/+/flow, not plant/pump+/flow.',
      })
    }
    if (level.includes('#') && (level !== '#' || index < levels.length - 1)) {
      throw new ConfigError(field, `"${level}" in level ${index + 1}: # must stand alone at the very end`, {
        remedy: 'Write plant/# for everything below plant.',
      })
    }
  })
}
