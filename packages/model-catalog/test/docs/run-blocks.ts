// Runs the examples of one page after another, each page in a new directory, and prints what they have printed.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { format } from 'node:util'
import { giveAll } from './given.ts'

const [directory = '', ...files] = process.argv.slice(2)
// An example sees no arguments.
process.argv.length = 2
const write = console.log.bind(console)

for (const file of files) {
  const printed: string[] = []
  console.log = (...values) => void printed.push(format(...values))
  // How far something has come, which depends on the machine.
  console.error = () => undefined
  const page = join(directory, Buffer.from(file.replace(/-\d+\.ts$/u, '')).toString('base64url'))
  const isNew = mkdirSync(page, { recursive: true }) !== undefined
  process.chdir(page)
  if (isNew) await giveAll()
  const error = await import(pathToFileURL(file).href).then(
    () => undefined,
    (cause: unknown) => format(cause),
  )
  write(JSON.stringify({ file, printed: printed.join('\n'), error }))
}
