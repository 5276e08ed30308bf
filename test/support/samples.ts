/** What stands in a `from`: the rows that are not sealed yet. Those of a hypertable stay after it. */
export const OPEN_ROWS = `(
  select * from measurements where time_stamp >= coalesce((select sealed_until from open_window), '-infinity')) as open_rows`

/**
 * What stands in a `from`: the samples that are not sealed yet. One stamped in an hour that is past has no window and waits in
 * `late_samples`, so that a test which reads `measurements` alone fails whenever the hour is young.
 */
export const OPEN_SAMPLES = `(
  select tag_id, time_stamp, value, quality, value_text, status_code from ${OPEN_ROWS}
  union all select tag_id, time_stamp, value, quality, value_text, status_code from late_samples) as open_samples`
