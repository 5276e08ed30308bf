import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { join } from 'node:path'
import { writeFileSync } from 'node:fs'

const run = promisify(execFile)

/** Makes ca.crt, and with it NAME.crt and NAME.key for each name, in a folder; by openssl, as an administrator would. */
export async function makeCertificates(folder: string, names: Readonly<Record<string, string>>): Promise<void> {
  const openssl = async (...args: readonly string[]): Promise<unknown> => await run('openssl', [...args], { cwd: folder })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  await openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=Plant CA', '-days', '2')
  for (const [name, subject] of Object.entries(names)) {
    await openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`)
    writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${subject}`)
    await openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      `${name}.crt`,
      '-days',
      '2',
      '-extfile',
      `${name}.ext`,
    )
  }
}
