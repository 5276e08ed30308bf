import type { Me } from '../api/replies.ts'
import { rememberCsrf } from '../api/client.ts'
import { queryClient } from '../query-client.ts'

/** After a successful login, set-up or password link. `next` is followed only inside this site. */
export function enter(me: Me, next = '/'): void {
  rememberCsrf(me.csrf)
  queryClient.clear()
  window.location.assign(/^\/(?![/\\])/.test(next) ? next : '/')
}
