import { createHash } from 'node:crypto'
import { parseSha256Digest } from '@catalog/types'
import type { TestFiles } from '../conformance/world/test-files.ts'
import type { FakeFiles } from './fake-files.ts'

/** The files of a fake machine as a conformance suite changes them: a digest stands there for each content. */
export function toTestFiles(files: FakeFiles): TestFiles {
  const contents = new Map<string, string>()
  return {
    root: '/models',
    outside: '/elsewhere',
    async write(path, content) {
      const bytes = Buffer.from(content)
      const digest = parseSha256Digest(createHash('sha256').update(bytes).digest('hex'))
      contents.set(digest, bytes.toString())
      if (files.has(path)) return files.overwrite(path, digest, bytes.length)
      await files.makeParent(path)
      files.put(path, digest, bytes.length)
    },
    async read(path) {
      return contents.get(files.bytesOf(path) ?? '')
    },
    async makeDirectory(path) {
      await files.makeParent(`${path}/`)
    },
    async remove(path) {
      files.delete(path)
    },
    async makeLink(target, path) {
      await files.makeParent(path)
      files.makeLink(target, path)
    },
    async dispose() {},
  }
}
