import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openAtOnce } from './writable-file.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'verify-write-'))
})
afterAll(() => rm(directory, { recursive: true }))

// The look by name has passed; what stands there now came afterwards.
describe.each([true, false])(
  'a name that changed hands before it was opened for writing, create: %s',
  (create) => {
    it('is refused when it became a fifo', async () => {
      const path = join(directory, `fifo-${create}`)
      execFileSync('mkfifo', [path])
      await expect(openAtOnce(path, create)).rejects.toMatchObject({
        code: 'NOT_A_REGULAR_FILE',
        details: { path, kind: 'fifo' },
      })
    })

    it('is refused when it became a symbolic link', async () => {
      const path = join(directory, `link-${create}`)
      await writeFile(join(directory, 'precious'), 'bytes')
      await symlink('precious', path)
      await expect(openAtOnce(path, create)).rejects.toMatchObject({
        code: 'IO',
        details: { errno: 'ELOOP' },
      })
      expect(await readFile(path, 'utf8')).toBe('bytes')
    })
  },
)
