import { open } from 'node:fs/promises'
import { withFileErrors } from '@catalog/system-calls'
import { createInvalidInput } from '@catalog/types'
import { shortName, type VerifiedFile, type VerifiedModel } from './layout-plan.ts'

const EXTENSION = /\.gguf$/iu

/**
 * The GGUF files of a model, each with a name that says so; INVALID_INPUT if there are none. A file that another store
 * named after its digest gets the name of the model.
 */
export async function ggufFilesOf(model: VerifiedModel): Promise<readonly [VerifiedFile, ...VerifiedFile[]]> {
  const { entry, files } = model
  const named =
    entry.files === undefined ? await nameOnlyFile(model) : files.filter(({ name }) => isNamed(name))
  const [first, ...others] = named
  if (first !== undefined) return [first, ...others]
  throw createInvalidInput([{ field: 'layout', problem: `needs GGUF files, and ${entry.id} has none` }])
}

function isNamed(name: string): boolean {
  return EXTENSION.test(name)
}

async function nameOnlyFile({ entry, files }: VerifiedModel): Promise<readonly VerifiedFile[]> {
  const [file] = files
  if (file === undefined || !(await isGguf(file.path))) return []
  return [isNamed(file.name) ? file : { ...file, name: `${shortName(entry)}.gguf` }]
}

/** By its first four bytes. */
export async function isGguf(path: string): Promise<boolean> {
  return await withFileErrors('read', path, async () => {
    const handle = await open(path)
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0)
      return bytesRead === 4 && buffer.toString('latin1') === 'GGUF'
    } finally {
      await handle.close()
    }
  })
}
