import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Catalog, openCatalog, type RegistrationInput } from 'model-catalog'
import { onTestFinished } from 'vitest'

/** A catalog in a temporary directory, for one test. */
export interface Exporting {
  /** Its real path. */
  readonly directory: string
  readonly catalog: Catalog
  /** Writes a file below the directory, and gives its path. */
  put(name: string, content: Uint8Array | string): string
  /** Writes the model's file, or files, and verifies it. */
  addActive(input: RegistrationInput, ...contents: readonly (Uint8Array | string)[]): Promise<void>
}

export async function createExporting(root = 'models'): Promise<Exporting> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'export-')))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const catalog = await openCatalog({ root: join(directory, root), create: true })
  onTestFinished(() => catalog.close())
  const write = (path: string, content: Uint8Array | string): string => {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    return path
  }
  return {
    directory,
    catalog,
    put: (name, content) => write(join(directory, name), content),
    async addActive(input, ...contents) {
      const { id, files } = await catalog.register(input)
      const path = await catalog.modelPath(id)
      for (const [index, content] of contents.entries()) {
        write(files === undefined ? path : join(path, files[index]?.path ?? ''), content)
      }
      await catalog.verify(id)
    },
  }
}
