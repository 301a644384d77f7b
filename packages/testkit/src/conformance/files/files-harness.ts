import type { FileAtPath, ModelFiles } from '@catalog/types'
import type { TestFiles } from '../world/test-files.ts'

/** What an implementation of `ModelFiles` may lack. The tests that need it are not declared then. */
export type FilesCapability =
  /** `replaceByCopy` by another name of the file. */
  | 'hard-links'
  /** Links in the place of files, which are refused by default. */
  | 'symbolic-links'
  /** `openReadOnly`. */
  | 'read-only'

/** One empty root, and the port under test on it. */
export interface FilesHarness {
  readonly files: ModelFiles
  /** The files in the root of the port. */
  readonly world: TestFiles
  /** The same root, opened so that nothing in it may be changed. */
  openReadOnly?(): ModelFiles
}

/** Called once for each test. The suite disposes of the world. */
export type CreateFilesHarness = () => Promise<FilesHarness>

/** Options of the suite for `ModelFiles`. */
export interface FilesConformanceOptions {
  readonly lacks?: readonly FilesCapability[]
}

/** A harness as a test uses it. */
export interface FilesFixture extends FilesHarness {
  /** The absolute path of a file in the root. */
  at(file: string): string
  /** Writes a file in the root and returns its absolute path. */
  write(file: string, content: string): Promise<string>
  /** What the port sees at a path, where something is. */
  look(path: string): Promise<FileAtPath>
  dispose(): Promise<void>
}

export async function createFilesFixture(createHarness: CreateFilesHarness): Promise<FilesFixture> {
  const harness = await createHarness()
  const { files, world } = harness
  const at = (file: string): string => `${world.root}/${file}`
  return {
    ...harness,
    at,
    async write(file, content) {
      await world.write(at(file), content)
      return at(file)
    },
    async look(path) {
      const found = await files.lookAt(path)
      if (found === undefined) throw new Error(`nothing is at ${path}`)
      return found
    },
    dispose: () => world.dispose(),
  }
}
