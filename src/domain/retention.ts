/** For how many days of the site each kind of record is kept; null is for ever. */
export interface RetentionPolicy {
  readonly samplesDays: number | null
  /** Alarms that are over, with their comments and messages. */
  readonly alarmsDays: number | null
  readonly messagesDays: number | null
  /** Source files of the CSV driver that were read to their last byte; null leaves them. */
  readonly csvFilesDays: number | null
}

/** Nothing is deleted before somebody said so. */
export const KEEP_EVERYTHING: RetentionPolicy = { samplesDays: null, alarmsDays: null, messagesDays: null, csvFilesDays: null }

/** Less than this is a mistake rather than a wish. */
export const FEWEST_DAYS = 7
export const MOST_DAYS = 36_500

/** What a slider offers besides for ever. */
export const RETENTION_STEPS = [7, 14, 30, 60, 90, 180, 365, 730, 1095, 1825, 3650] as const
