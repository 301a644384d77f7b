import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import { expect, it } from 'vitest'
import { findModels, formatSha256Sums } from '../src/index.ts'
import { createExporting } from './exporting.ts'

/** How `sha256sum --check` ends for a list, and how many files it finds right. */
function check(list: string, cwd: string): { readonly status: number | null; readonly ok: number } {
  const options = { input: list, cwd, encoding: 'utf8' } as const
  const { status, stdout } = spawnSync('sha256sum', ['--check', '--strict', '-'], options)
  return { status, ok: stdout.match(/: OK$/gmu)?.length ?? 0 }
}

const HOSTILE = [
  '-',
  '\\',
  ' m ',
  '*m',
  'two\nlines',
  'carriage\rreturn',
  '\\n',
  'm\\',
  '#m',
  'ä 模型',
  'it\'s "m"',
]

it('sha256sum accepts a list of files with hostile names, by relative and by absolute paths', async () => {
  const { catalog, directory, put, addActive } = await createExporting()
  await addActive({ id: 'wren', source: 'hf:acme/wren' }, sampleGguf('wren'))
  const [found] = await findModels(catalog)
  const { entry } = found ?? expect.unreachable()
  const models = HOSTILE.map((name) => ({ entry, path: put(`disk/${name}`, sampleGguf('wren')) }))
  const relative = check(
    formatSha256Sums(models, { directory: join(directory, 'disk') }),
    join(directory, 'disk'),
  )
  expect(relative).toEqual({ status: 0, ok: HOSTILE.length })
  expect(check(formatSha256Sums(models), '/')).toEqual({ status: 0, ok: HOSTILE.length })
})

it('sha256sum accepts the list of a catalog whose root has a backslash in its name', async () => {
  const { catalog, addActive } = await createExporting('back\\slash\\')
  await addActive({ id: 'wren', source: 'hf:acme/wren' }, sampleGguf('wren'))
  expect(check(formatSha256Sums(await findModels(catalog)), '/')).toEqual({ status: 0, ok: 1 })
})

it('sha256sum finds the file whose bytes are wrong', async () => {
  const exporting = await createExporting()
  await exporting.addActive({ id: 'wren', source: 'hf:acme/wren' }, sampleGguf('wren'))
  const list = formatSha256Sums(await findModels(exporting.catalog))
  exporting.put('models/wren.gguf', sampleGguf('robin'))
  expect(check(list, '/')).toEqual({ status: 1, ok: 0 })
})

it('every file of a multi-file model has a line, and a file outside the directory its absolute path', async () => {
  const { catalog, directory, addActive } = await createExporting()
  const files = [{ path: 'a/one.gguf' }, { path: 'two.gguf' }]
  await addActive({ id: 'wren', source: 'hf:acme/wren', files }, sampleGguf(1), sampleGguf(2))
  const models = await findModels(catalog)
  const relative = formatSha256Sums(models, { directory: join(directory, 'models') })
  expect(relative).toMatch(/^[0-9a-f]{64} {2}wren\/a\/one\.gguf\n[0-9a-f]{64} {2}wren\/two\.gguf\n$/u)
  expect(check(relative, join(directory, 'models'))).toEqual({ status: 0, ok: 2 })
  const elsewhere = formatSha256Sums(models, { directory: join(directory, 'models', 'wren', 'a') })
  expect(elsewhere).toContain(`  one.gguf\n`)
  expect(elsewhere).toContain(`  ${directory}/models/wren/two.gguf\n`)
})

it('a model is left out if the digest of one of its files is not known', async () => {
  const { catalog } = await createExporting()
  const digest = 'a'.repeat(64)
  await catalog.register({ id: 'known', source: 'hf:acme/wren', digest })
  await catalog.register({ id: 'unknown', source: 'hf:acme/robin' })
  await catalog.register({ id: 'half', source: 'hf:acme/tit', files: [{ path: 'a', digest }, { path: 'b' }] })
  const models = await findModels(catalog, { states: ['Pending'] })
  expect(models).toHaveLength(3)
  expect(formatSha256Sums(models).trimEnd().split('\n')).toEqual([expect.stringContaining('known.gguf')])
})

it('a file that two models share is listed once', async () => {
  const { catalog, put } = await createExporting()
  const location = put('disk/wren.gguf', sampleGguf('wren'))
  await catalog.register({ id: 'a', source: 'hf:acme/wren', location })
  const { digest } = await catalog.verify('a')
  await catalog.register({ id: 'b', source: 'hf:acme/wren', location, digest: digest ?? '' })
  await catalog.update('a', { digest: digest ?? '' })
  await catalog.verify('b')
  expect(formatSha256Sums(await findModels(catalog))).toBe(`${digest}  ${location}\n`)
})
