import { call } from '../../../api/client.ts'
import type { DeviceForm } from './device-draft.ts'

/**
 * What only one protocol can do, asked of its driver with the device as it stands in its form.
 * @typeParam Result is the action's own; the contract does not know it
 */
export async function runAction<Result>(form: DeviceForm, name: string, body: unknown = null): Promise<Result> {
  const { result } = await call('POST /api/actions', { body: { ...form, name, body } })
  return result as Result
}
