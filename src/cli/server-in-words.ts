import type { ServerFacts } from '#store/storage-sizes.ts'

/** `PostgreSQL 17.10`, `PostgreSQL 17.10 with TimescaleDB 2.29.2 (community), samples in a hypertable` */
export function serverInWords({ version, layout, timescale }: ServerFacts): string {
  if (timescale === null) return `PostgreSQL ${version}`
  const samples = layout === 'hypertable' ? 'a hypertable' : 'partitions'
  return `PostgreSQL ${version} with TimescaleDB ${timescale.version} (${timescale.edition}), samples in ${samples}`
}
