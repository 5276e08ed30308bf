import { asError } from '#base/errors.ts'
import { claimRequest, failRequest, finishRequest } from '#store/requests.ts'
import { type BackupWork, takeBackup } from './backup.ts'

/** What the page asks the keeper for. */
export const BACKUP_REQUEST = { kind: 'backup', target: 'keeper' } as const
/** A large one takes its time. */
const LEASE_SECONDS = 6 * 3600

/** Takes a backup whenever the page asks for one, until disposed. */
export function answerBackups(work: BackupWork): AsyncDisposable {
  let answering = Promise.resolve()
  const answer = async (): Promise<void> => {
    for (;;) {
      const request = await claimRequest(work.db, BACKUP_REQUEST.target, `keeper ${process.pid}`, LEASE_SECONDS)
      if (request === undefined) return
      try {
        await finishRequest(work.db, request.id, await takeBackup(work, 'asked'))
      } catch (error) {
        await failRequest(work.db, request.id, asError(error).message)
      }
    }
  }
  const listening = work.db.listen('requests', (target) => {
    if (target !== '' && target !== BACKUP_REQUEST.target) return
    answering = answering.then(answer).catch((error: unknown) => work.log.warn('keeper.requests_not_read', { error: asError(error) }))
  })
  return listening
}
