import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { replaceFile } from '../src/index.ts'
import { createExporting } from './exporting.ts'

it('writes a new file and replaces an old one, and leaves no other name', async () => {
  const { directory } = await createExporting()
  const path = join(directory, 'SHA256SUMS')
  await replaceFile(path, 'one\n')
  await replaceFile(path, 'two\n')
  expect(readFileSync(path, 'utf8')).toBe('two\n')
  expect(readdirSync(directory).sort()).toEqual(['SHA256SUMS', 'models'])
})

it('refuses a directory, a FIFO and a link, and leaves them', async () => {
  const { directory } = await createExporting()
  mkdirSync(join(directory, 'directory'))
  spawnSync('mkfifo', [join(directory, 'fifo')])
  symlinkSync('nowhere', join(directory, 'link'))
  const before = readdirSync(directory)
  for (const name of ['directory', 'fifo', 'link']) {
    await expect(replaceFile(join(directory, name), 'x'), name).rejects.toMatchObject({
      code: 'NOT_A_REGULAR_FILE',
    })
  }
  expect(readdirSync(directory)).toEqual(before)
})

it('refuses to write inside a catalog, and where there is no directory', async () => {
  const { directory } = await createExporting()
  const attempt = (name: string) => replaceFile(join(directory, name), 'x')
  await expect(attempt('models/catalog.json')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  await expect(attempt('none/SHA256SUMS')).rejects.toMatchObject({ code: 'FILE_MISSING' })
})

it('leaves the old file if it is cancelled', async () => {
  const { directory } = await createExporting()
  const path = join(directory, 'SHA256SUMS')
  await replaceFile(path, 'one\n')
  const signal = AbortSignal.abort(new Error('stop'))
  await expect(replaceFile(path, 'two\n', { signal })).rejects.toThrow('stop')
  expect(readFileSync(path, 'utf8')).toBe('one\n')
  expect(readdirSync(directory).sort()).toEqual(['SHA256SUMS', 'models'])
})

it('leaves no file if the disk is full', async () => {
  // What the catalog calls NO_SPACE is also a file beyond the limit of its size, which needs no disk to fill.
  const { directory } = await createExporting()
  const program = `
    process.on('SIGXFSZ', () => {})
    const { replaceFile } = await import(${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)})
    await replaceFile(process.argv[1], 'x'.repeat(100_000)).catch((error) => console.log(error.code))`
  const { stdout, stderr } = spawnSync(
    'prlimit',
    [
      '--fsize=65536',
      process.execPath,
      ...['--conditions=@catalog/source', '--import', 'tsx', '--input-type=module', '-e', program],
      join(directory, 'SHA256SUMS'),
    ],
    { encoding: 'utf8', env: { ...process.env, TSX_DISABLE_CACHE: '1' } },
  )
  expect(stdout, stderr).toBe('NO_SPACE\n')
  expect(readdirSync(directory)).toEqual(['models'])
})
