import metadata from '../../package.json' with { type: 'json' }

/** The version of this program. */
export function programVersion(): string {
  return metadata.version
}
