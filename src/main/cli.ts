import { runCommand } from '#cli/run.ts'

process.exitCode = await runCommand(process.argv.slice(2), process.env, {
  print: (text) => void process.stdout.write(`${text}\n`),
  complain: (text) => void process.stderr.write(`${text}\n`),
})
