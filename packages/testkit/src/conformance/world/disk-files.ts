/** Room `conformance/world`: the files that a test of a port has, and changes behind its back. */
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestFiles } from './test-files.ts'

/** Files on the disk of this machine, in a new directory below `os.tmpdir()`. */
export async function createDiskFiles(): Promise<TestFiles> {
  const directory = await mkdtemp(join(tmpdir(), 'catalog-conformance-'))
  const [root, outside] = [join(directory, 'root'), join(directory, 'outside')]
  await mkdir(root)
  await mkdir(outside)
  return {
    root,
    outside,
    async write(path, content) {
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, content)
    },
    read: readIfPresent,
    async makeDirectory(path) {
      await mkdir(path, { recursive: true })
    },
    remove: (path) => rm(path),
    makeLink: (target, path) => symlink(target, path),
    dispose: () => rm(directory, { recursive: true }),
  }
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
