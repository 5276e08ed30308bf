import { z } from 'zod'

/**
 * What a driver process is asked from a form (probe, browse, action): a device as it stands there, saved or not. It travels in the
 * requests table, so its secrets are sealed.
 */
export const inquiryShape = z.object({
  /** Of the device that is being edited; null for one that is new. */
  deviceId: z.number().nullable(),
  /** Empty while a new one has none. */
  code: z.string(),
  timeoutMillis: z.number(),
  connection: z.record(z.string(), z.unknown()),
  /** Sealed, in base64; null without any. */
  secrets: z.string().nullable(),
  /** What `connection` names by its code, of a driver with shared connections. */
  shared: z.object({ code: z.string(), settings: z.record(z.string(), z.unknown()), secrets: z.string().nullable() }).nullable(),
  tags: z.array(z.object({ name: z.string(), address: z.string(), settings: z.record(z.string(), z.unknown()) })),
})
export type Inquiry = z.infer<typeof inquiryShape>

/** Kinds of request that a driver process answers. */
export const InquiryKind = {
  Probe: 'probe',
  Browse: 'browse',
  Action: 'action',
  RetryNow: 'retry_now',
  Diagnose: 'diagnose',
  Frames: 'frames',
} as const
export type InquiryKind = (typeof InquiryKind)[keyof typeof InquiryKind]
