import { packQuality, QualityReason, QualitySeverity } from '#domain/sample.ts'

/** Status codes that we act on or have words for (Part 4, 7.39; Part 8, 6.3). */
export const Status = {
  Good: 0,
  BadUnexpectedError: 0x8001_0000,
  BadOutOfMemory: 0x8003_0000,
  BadCommunicationError: 0x8005_0000,
  BadEncodingLimitsExceeded: 0x8008_0000,
  BadTimeout: 0x800a_0000,
  BadServiceUnsupported: 0x800b_0000,
  BadShutdown: 0x800c_0000,
  BadServerNotConnected: 0x800d_0000,
  BadServerHalted: 0x800e_0000,
  BadNothingToDo: 0x800f_0000,
  BadTooManyOperations: 0x8010_0000,
  BadCertificateTimeInvalid: 0x8014_0000,
  BadCertificateUriInvalid: 0x8017_0000,
  BadCertificateUntrusted: 0x801a_0000,
  BadUserAccessDenied: 0x801f_0000,
  BadIdentityTokenInvalid: 0x8020_0000,
  BadIdentityTokenRejected: 0x8021_0000,
  BadSessionIdInvalid: 0x8025_0000,
  BadSessionClosed: 0x8026_0000,
  BadSessionNotActivated: 0x8027_0000,
  BadSubscriptionIdInvalid: 0x8028_0000,
  BadNoCommunication: 0x8031_0000,
  BadWaitingForInitialData: 0x8032_0000,
  BadNodeIdInvalid: 0x8033_0000,
  BadNodeIdUnknown: 0x8034_0000,
  BadAttributeIdInvalid: 0x8035_0000,
  BadIndexRangeNoData: 0x8037_0000,
  BadNotReadable: 0x803a_0000,
  BadOutOfRange: 0x803c_0000,
  BadNotSupported: 0x803d_0000,
  BadContinuationPointInvalid: 0x804a_0000,
  BadNoContinuationPoints: 0x804b_0000,
  BadSecurityModeRejected: 0x8054_0000,
  BadSecurityPolicyRejected: 0x8055_0000,
  BadTooManySessions: 0x8056_0000,
  BadUserSignatureInvalid: 0x8057_0000,
  BadSecurityChecksFailed: 0x8013_0000,
  BadTypeMismatch: 0x8074_0000,
  BadTooManySubscriptions: 0x8077_0000,
  BadTooManyPublishRequests: 0x8078_0000,
  BadNoSubscription: 0x8079_0000,
  BadSequenceNumberUnknown: 0x807a_0000,
  BadMessageNotAvailable: 0x807b_0000,
  BadConfigurationError: 0x8089_0000,
  BadNotConnected: 0x808a_0000,
  BadDeviceFailure: 0x808b_0000,
  BadSensorFailure: 0x808c_0000,
  BadOutOfService: 0x808d_0000,
  BadNoData: 0x809b_0000,
  BadResponseTooLarge: 0x80b9_0000,
  BadRequestTooLarge: 0x80b8_0000,
  BadTooManyMonitoredItems: 0x80db_0000,
  UncertainNoCommunicationLastUsableValue: 0x408f_0000,
  UncertainLastUsableValue: 0x4090_0000,
  UncertainSubstituteValue: 0x4091_0000,
  UncertainInitialValue: 0x4092_0000,
  UncertainSensorNotAccurate: 0x4093_0000,
  UncertainEngineeringUnitsExceeded: 0x4094_0000,
  UncertainSubNormal: 0x4095_0000,
  GoodLocalOverride: 0x0096_0000,
  GoodSubscriptionTransferred: 0x002d_0000,
} as const

const NAMES = new Map<number, string>(Object.entries(Status).map(([name, code]) => [code, name]))

const REASONS = new Map<number, QualityReason>([
  [Status.BadCommunicationError, QualityReason.CommunicationFailure],
  [Status.BadServerNotConnected, QualityReason.CommunicationFailure],
  [Status.BadNoCommunication, QualityReason.CommunicationFailure],
  [Status.BadNotConnected, QualityReason.CommunicationFailure],
  [Status.BadDeviceFailure, QualityReason.CommunicationFailure],
  [Status.UncertainNoCommunicationLastUsableValue, QualityReason.NotTopical],
  [Status.UncertainLastUsableValue, QualityReason.NotTopical],
  [Status.UncertainInitialValue, QualityReason.NotTopical],
  [Status.UncertainSubstituteValue, QualityReason.Substituted],
  [Status.GoodLocalOverride, QualityReason.Substituted],
  [Status.UncertainEngineeringUnitsExceeded, QualityReason.Overflow],
  [Status.BadOutOfRange, QualityReason.Overflow],
  [Status.BadOutOfService, QualityReason.Blocked],
  [Status.BadNodeIdInvalid, QualityReason.BadAddress],
  [Status.BadNodeIdUnknown, QualityReason.BadAddress],
  [Status.BadAttributeIdInvalid, QualityReason.BadAddress],
  [Status.BadIndexRangeNoData, QualityReason.BadAddress],
  [Status.BadTypeMismatch, QualityReason.TypeMismatch],
  [Status.BadNotReadable, QualityReason.Configuration],
  [Status.BadUserAccessDenied, QualityReason.Configuration],
  [Status.BadConfigurationError, QualityReason.Configuration],
  [Status.BadTooManyMonitoredItems, QualityReason.Configuration],
  [Status.BadWaitingForInitialData, QualityReason.NoData],
  [Status.BadNoData, QualityReason.NoData],
])

const WORDS = new Map<number, string>([
  [Status.BadNodeIdUnknown, 'the server has no such node'],
  [Status.BadNodeIdInvalid, 'the server cannot read this node id'],
  [Status.BadAttributeIdInvalid, 'the node is no variable'],
  [Status.BadNotReadable, 'the node may not be read'],
  [Status.BadUserAccessDenied, 'this user may not read the node'],
  [Status.BadTypeMismatch, 'the value is no single number, text or switch'],
  [Status.BadIndexRangeNoData, 'the array has no such element'],
  [Status.BadNoCommunication, 'the server has no connection to the device behind it'],
  [Status.BadNotConnected, 'the server has no connection to the device behind it'],
  [Status.BadCommunicationError, 'the server has lost the device behind it'],
  [Status.BadDeviceFailure, 'the device reports a failure'],
  [Status.BadSensorFailure, 'the sensor reports a failure'],
  [Status.BadOutOfService, 'the source is out of service'],
  [Status.BadWaitingForInitialData, 'the server has no value yet'],
  [Status.BadNoData, 'the server has no value'],
  [Status.BadConfigurationError, 'the node is configured wrongly on the server'],
  [Status.BadTooManyMonitoredItems, 'the server watches no more nodes'],
  [Status.UncertainInitialValue, 'the value is an initial one'],
  [Status.UncertainLastUsableValue, 'the value is the last usable one'],
  [Status.UncertainSubstituteValue, 'the value is a substitute'],
  [Status.UncertainSensorNotAccurate, 'the sensor is not accurate'],
  [Status.UncertainEngineeringUnitsExceeded, 'the value is outside its range'],
  [Status.UncertainSubNormal, 'the value comes from fewer sources than required'],
  [Status.GoodLocalOverride, 'the value was overridden by hand'],
])

/** The condition alone, without the information bits (Part 4, 7.39.1). */
export function conditionOf(code: number): number {
  return (code & 0xffff_0000) >>> 0
}

export function isBad(code: number): boolean {
  return code >>> 31 === 1
}

export function isGood(code: number): boolean {
  return code >>> 30 === 0
}

/** The queue of a monitored item dropped values: InfoType DataValue with the Overflow bit (Part 4, table 179). */
export function hasOverflow(code: number): boolean {
  return (code & 0x0c80) === 0x0480
}

/** @param code 32 bits, unsigned; severity 11 is reserved and counts as Bad */
export function qualityOf(code: number): number {
  const bits = code >>> 30
  const severity = bits === 0 ? QualitySeverity.Good : bits === 1 ? QualitySeverity.Uncertain : QualitySeverity.Bad
  return packQuality(severity, REASONS.get(conditionOf(code)) ?? QualityReason.None)
}

/** The code beside a sample: null where it is plain Good; as the signed integer that the store keeps. */
export function statusCodeOf(code: number): number | null {
  return code === 0 ? null : code | 0
}

/** @returns `BadNodeIdUnknown: the server has no such node`, or the number where we have no name; empty for plain Good. */
export function statusText(code: number): string {
  const condition = conditionOf(code)
  if (condition === 0) return ''
  const name = NAMES.get(condition) ?? `0x${condition.toString(16).toUpperCase().padStart(8, '0')}`
  const words = WORDS.get(condition)
  return words === undefined ? name : `${name}: ${words}`
}
