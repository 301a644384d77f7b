import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { useTemporaryDirectory } from '@catalog/testkit'
import { SAMPLE_STORES } from '@catalog/testkit/layouts'
import { bundleProgram, lacks } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'

/** Calls that change something, besides `openat`, of which the flags tell. */
const CHANGES = [
  ...[
    'chmod',
    'fchmod',
    'fchmodat',
    'chown',
    'fchown',
    'lchown',
    'fchownat',
    'utime',
    'utimes',
    'utimensat',
    'futimesat',
  ],
  ...['unlink', 'unlinkat', 'rename', 'renameat', 'renameat2', 'mkdir', 'mkdirat', 'rmdir', 'link', 'linkat'],
  ...['symlink', 'symlinkat', 'truncate', 'ftruncate', 'setxattr', 'lsetxattr', 'flock', 'creat', 'mknodat'],
]
/** What no scan has a reason to open: keys, pickles, and the databases of programs that may be running. */
const UNOPENED = /\.(?:rmodel|msc|mdl|ckpt|pt|pth|db)"/u

describe.skipIf(lacks('strace'))('what a scan asks the kernel for', () => {
  const root = useTemporaryDirectory()

  it('is to open files for reading, and none with keys, no pickle and no database', async () => {
    for (const [name, build] of Object.entries(SAMPLE_STORES)) build(root.at('tree', name))
    const { node, path } = await bundleProgram(new URL('./scan-program.ts', import.meta.url))
    const trace = root.at('trace')
    const calls = `trace=openat,${CHANGES.map((call) => `?${call}`).join(',')}`
    execFileSync('strace', ['-f', '-y', '-s', '4096', '-e', calls, '-o', trace, node, path, root.at('tree')])
    const lines = readFileSync(trace, 'utf8')
      .split('\n')
      .filter((line) => line.includes(root.at('tree')))
    const opened = lines.filter((line) => line.includes('openat('))
    expect(opened.length).toBeGreaterThan(100)
    expect(lines.filter((line) => !line.includes('openat(') && !line.includes('resumed'))).toEqual([])
    expect(opened.filter((line) => !line.includes('O_RDONLY'))).toEqual([])
    expect(opened.filter((line) => UNOPENED.test(line))).toEqual([])
  })
})
