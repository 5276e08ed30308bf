import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { asError } from '#base/errors.ts'
import { type CaseFile, ReplyBench } from './reply-bench.ts'

/*
 * Says the replies of files of cases to the product, each as its provider would bring it, and looks at what became acknowledged:
 *
 *     node tools/reply-cases.ts FILE...
 *
 * A database of its own is started for it (or that of SYNCTIDE_TEST_DATABASE_URL is used). Prints what differs and how many pass; exit
 * code 1 when one fails. A case that is not strict also passes when nothing is acknowledged.
 */
async function main(files: readonly string[]): Promise<void> {
  if (files.length === 0) throw new Error('Give the path of a file of reply cases, or several.')
  await using bench = await ReplyBench.start()
  for (const file of files) {
    const { cases, sets } = JSON.parse(readFileSync(file, 'utf8')) as CaseFile
    let passed = 0
    for (const one of cases) {
      const outcome = await bench.say(one, sets)
      if (outcome.difference === undefined) passed++
      else console.log(outcome.difference)
    }
    console.log(`${files.length > 1 ? `${file}: ` : ''}${passed} of ${cases.length} cases pass`)
    if (passed < cases.length) process.exitCode = 1
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    await main(process.argv.slice(2))
  } catch (error) {
    console.error(asError(error).message)
    process.exitCode = 2
  }
}
