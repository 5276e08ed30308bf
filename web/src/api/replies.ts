import type { z } from 'zod'
import type * as s from '#api/contract/shapes.ts'
import type { CallReply } from './client.ts'

/** The shapes of the contract by the names that pages use. */
export type Bootstrap = CallReply<'GET /api/bootstrap'>
export type Me = Bootstrap['me']
export type Device = z.output<typeof s.device>
export type DeviceState = z.output<typeof s.deviceState>
export type Tag = z.output<typeof s.tag>
export type Alarm = z.output<typeof s.alarm>
export type AlarmCounts = z.output<typeof s.alarmCounts>
export type AlarmMessage = z.output<typeof s.message>
export type Value = z.output<typeof s.value>
export type Severity = z.output<typeof s.severity>
