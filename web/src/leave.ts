import { call } from './api/client.ts'
import { stopLive } from './live.ts'
import { queryClient } from './query-client.ts'

/** Ends the session and forgets everything of it; the page is loaded anew so that nothing stays in memory either. */
export async function leave(): Promise<void> {
  await call('POST /api/logout', {}).catch(() => undefined)
  stopLive()
  queryClient.clear()
  window.location.assign('/login')
}
