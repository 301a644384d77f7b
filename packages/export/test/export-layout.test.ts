import { spawnSync } from 'node:child_process'
import { appendFileSync, lstatSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type Candidate, scan } from '@catalog/import'
import { sampleGguf, sampleSafetensors, sampleShards } from '@catalog/testkit/models'
import { describe, expect, it, vi } from 'vitest'
import { EXPORT_LAYOUTS, exportLayout } from '../src/index.ts'
import { createExporting, type Exporting } from './exporting.ts'

const wren = sampleGguf('wren')

/** A catalog with one GGUF file, which is outside its root and has no extension, as in another store. */
async function createWren(): Promise<Exporting & { readonly location: string; readonly digest: string }> {
  const exporting = await createExporting()
  const location = exporting.put('store/sha256-blob', wren)
  await exporting.catalog.register({ id: 'tits/wren', source: 'hf:acme/Wren-GGUF', location })
  const { digest } = await exporting.catalog.verify('tits/wren')
  return { ...exporting, location, digest: digest ?? expect.unreachable() }
}

/** The models that are found below a directory, by way of a layout. */
async function scanFor(directory: string, layout: string): Promise<readonly Candidate[]> {
  const candidates: Candidate[] = []
  for await (const item of scan(directory)) {
    if (item.kind === 'problem') expect.unreachable(JSON.stringify(item.problem))
    if (item.candidate.layout === layout) candidates.push(item.candidate)
  }
  return candidates
}

function namesIn(directory: string): readonly string[] {
  const entries = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  return entries.filter((name) => !lstatSync(join(directory, name)).isDirectory()).sort()
}

describe('the import finds the exported model with its digest', () => {
  it('in the layout of llama.cpp, whose checksum list sha256sum accepts', async () => {
    const { catalog, directory, digest, location } = await createWren()
    const target = join(directory, 'out')
    expect(await exportLayout(catalog, 'tits/wren', { layout: 'llama.cpp', directory: target })).toEqual({
      ...{ id: 'tits/wren', layout: 'llama.cpp', directory: target, model: 'wren.gguf' },
      sharedBy: expect.stringMatching(/^(?:reflink|symlink)$/u),
    })
    expect(namesIn(target)).toEqual(['SHA256SUMS', 'wren.gguf'])
    expect(readFileSync(join(target, 'wren.gguf'))).toEqual(wren)
    expect(spawnSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: target }).status).toBe(0)
    const found = await scanFor(directory, 'plain')
    expect(found.map(({ declared }) => declared?.digest)).toContain(digest)
    expect(statSync(location).nlink).toBe(1)
  })

  it('in the layout of Ollama', async () => {
    const { catalog, directory, digest } = await createWren()
    const target = join(directory, 'out')
    const { model } = await exportLayout(catalog, 'tits/wren', { layout: 'ollama', directory: target })
    expect(model).toBe('wren:latest')
    const [found, ...others] = await scanFor(directory, 'ollama')
    expect(others).toEqual([])
    expect(found).toMatchObject({ name: 'wren:latest', declared: { digest, origin: 'registry' } })
    expect(namesIn(target)).toContain(`blobs/sha256-${digest}`)
  })

  it('in the layout of the Hugging Face hub', async () => {
    const { catalog, directory, digest } = await createWren()
    const target = join(directory, 'out')
    const { model } = await exportLayout(catalog, 'tits/wren', { layout: 'huggingface', directory: target })
    expect(model).toBe('acme/Wren-GGUF')
    const [found, ...others] = await scanFor(directory, 'huggingface')
    expect(others).toEqual([])
    expect(found).toMatchObject({
      source: 'hf:acme/Wren-GGUF/wren.gguf',
      declared: { digest, origin: 'hub' },
    })
  })

  it('of several files, in the layout of the Hugging Face hub', async () => {
    const { catalog, directory, addActive } = await createExporting()
    const files = [{ path: 'config.json' }, { path: 'sub/copy.json' }, { path: 'model.safetensors' }]
    const config = '{"model_type":"wren"}'
    await addActive({ id: 'wren', source: '/data/wren', files }, config, config, sampleSafetensors('wren'))
    const target = join(directory, 'out')
    expect(await exportLayout(catalog, 'wren', { layout: 'huggingface', directory: target })).toMatchObject({
      model: 'local/wren',
    })
    const [snapshot = ''] = readdirSync(join(target, 'models--local--wren/snapshots'))
    const at = join(target, 'models--local--wren/snapshots', snapshot)
    expect(namesIn(at)).toEqual(['config.json', 'model.safetensors', 'sub/copy.json'])
    expect(readFileSync(join(at, 'sub/copy.json'), 'utf8')).toBe(config)
    const entry = await catalog.get('wren')
    const [found] = await scanFor(directory, 'huggingface')
    const declared = found?.files?.map(({ path, declared }) => [path, declared?.digest])
    expect(declared?.sort()).toEqual(entry?.files?.map(({ path, digest }) => [path, digest]).sort())
  })

  it('of shards, in the layout of llama.cpp', async () => {
    const { catalog, directory, addActive } = await createExporting()
    const shards = [...sampleShards('wren', { format: 'gguf', count: 2 })]
    const files = shards.map(([path]) => ({ path }))
    await addActive({ id: 'wren', source: 'hf:acme/wren', files }, ...shards.map(([, bytes]) => bytes))
    const target = join(directory, 'out')
    const { model } = await exportLayout(catalog, 'wren', { layout: 'llama.cpp', directory: target })
    expect(namesIn(target)).toEqual(['SHA256SUMS', ...files.map(({ path }) => path)])
    expect(model).toBe(files[0]?.path)
    await expect(
      exportLayout(catalog, 'wren', { layout: 'ollama', directory: join(directory, 'other') }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })
})

describe.each(EXPORT_LAYOUTS)('the layout of %s', (layout) => {
  it('leaves the model as it is, and is written once: a second time nothing changes', async () => {
    const { catalog, directory, location } = await createWren()
    const target = join(directory, 'out')
    const before = statSync(location, { bigint: true })
    await exportLayout(catalog, 'tits/wren', { layout, directory: target })
    expect(statSync(location, { bigint: true }).ctimeNs).toBe(before.ctimeNs)
    const { ino } = statSync(target)
    const again = await exportLayout(catalog, 'tits/wren', { layout, directory: target })
    expect(again).not.toHaveProperty('sharedBy')
    expect(statSync(target).ino).toBe(ino)
    expect((await catalog.resolve('tits/wren')).path).toBe(location)
  })

  it('is refused where anything else is, which stays', async () => {
    const { catalog, directory, put } = await createWren()
    const target = join(directory, 'out')
    await exportLayout(catalog, 'tits/wren', { layout, directory: target })
    put('out/note.txt', 'mine')
    const before = namesIn(target)
    await expect(exportLayout(catalog, 'tits/wren', { layout, directory: target })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { problems: [{ field: 'directory', problem: expect.stringContaining('note.txt') }] },
    })
    expect(namesIn(target)).toEqual(before)
  })

  it('hands on no model that was not verified or has changed since, and leaves nothing', async () => {
    const { catalog, directory, location } = await createWren()
    await catalog.register({ id: 'robin', source: 'hf:acme/robin' })
    appendFileSync(location, 'x')
    const target = join(directory, 'out')
    const attempt = (id: string) => exportLayout(catalog, id, { layout, directory: target })
    await expect(attempt('robin')).rejects.toMatchObject({ code: 'NOT_USABLE' })
    await expect(attempt('tits/wren')).rejects.toMatchObject({ code: 'FILE_CHANGED' })
    await expect(attempt('none')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(readdirSync(directory).sort()).toEqual(['models', 'store'])
  })

  it('is refused inside a catalog and inside a store of another tool, also by way of a link', async () => {
    const { catalog, directory, put } = await createWren()
    put('ollama/manifests/x', '')
    put('ollama/blobs/x', '')
    put('hub/models--acme--x/refs/main', '')
    symlinkSync(join(directory, 'models'), join(directory, 'link'))
    const inside = ['models/out', 'link/out', 'ollama/out', 'ollama/blobs/new/out', 'hub/models--acme--x/out']
    for (const name of inside) {
      await expect(
        exportLayout(catalog, 'tits/wren', { layout, directory: join(directory, name) }),
        name,
      ).rejects.toMatchObject({ code: 'INVALID_INPUT', details: { problems: [{ field: 'path' }] } })
    }
  })

  it('is not there if it was cancelled', async () => {
    const { catalog, directory } = await createWren()
    const options = {
      layout,
      directory: join(directory, 'out'),
      signal: AbortSignal.abort(new Error('stop')),
    }
    await expect(exportLayout(catalog, 'tits/wren', options)).rejects.toThrow('stop')
    expect(readdirSync(directory).sort()).toEqual(['models', 'store'])
  })
})

it('an empty directory is taken, a file is not', async () => {
  const { catalog, directory, put } = await createWren()
  put('out/x', '')
  rmSync(join(directory, 'out/x'))
  await exportLayout(catalog, 'tits/wren', { layout: 'ollama', directory: join(directory, 'out') })
  const file = put('file', 'mine')
  await expect(
    exportLayout(catalog, 'tits/wren', { layout: 'ollama', directory: file }),
  ).rejects.toMatchObject({ code: 'IO' })
  expect(readFileSync(file, 'utf8')).toBe('mine')
})

it('a file with other bytes in the directory is not taken for the same', async () => {
  const { catalog, directory } = await createWren()
  const target = join(directory, 'out')
  await exportLayout(catalog, 'tits/wren', { layout: 'llama.cpp', directory: target })
  rmSync(join(target, 'wren.gguf'))
  const attempt = () => exportLayout(catalog, 'tits/wren', { layout: 'llama.cpp', directory: target })
  await expect(attempt()).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  appendFileSync(join(target, 'wren.gguf'), Buffer.alloc(wren.length))
  await expect(attempt()).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  rmSync(join(target, 'wren.gguf'))
  appendFileSync(join(target, 'wren.gguf'), wren)
  expect(await attempt()).not.toHaveProperty('sharedBy')
})

it.each(['llama.cpp', 'ollama'] as const)('%s needs a GGUF file', async (layout) => {
  const { catalog, directory, addActive } = await createExporting()
  await addActive({ id: 'wren', source: 'hf:acme/wren/model.safetensors' }, sampleSafetensors('wren'))
  await expect(
    exportLayout(catalog, 'wren', { layout, directory: join(directory, 'out') }),
  ).rejects.toMatchObject({ code: 'INVALID_INPUT', details: { problems: [{ field: 'layout' }] } })
})

it('an unknown layout and an empty directory name are refused', async () => {
  const { catalog, directory } = await createWren()
  const attempt = (options: object) =>
    exportLayout(catalog, 'tits/wren', { layout: 'ollama', directory, ...options })
  await expect(attempt({ layout: 'toString' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  await expect(attempt({ directory: '' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  await expect(attempt({ force: true })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
})

describe('between the first look at the model and the second', () => {
  /** Does something before the second look. */
  function interfere({ catalog }: Exporting, act: () => void): void {
    const resolve = catalog.resolve.bind(catalog)
    let looks = 0
    vi.spyOn(catalog, 'resolve').mockImplementation(async (id) => {
      looks += 1
      if (looks === 2) act()
      return await resolve(id)
    })
  }

  it('a file that changes is not handed on, and nothing is left', async () => {
    const exporting = await createWren()
    const { catalog, directory, location } = exporting
    interfere(exporting, () => appendFileSync(location, 'x'))
    await expect(
      exportLayout(catalog, 'tits/wren', { layout: 'ollama', directory: join(directory, 'out') }),
    ).rejects.toMatchObject({ code: 'FILE_CHANGED' })
    expect(readdirSync(directory).sort()).toEqual(['models', 'store'])
  })

  it('a cancelled export leaves nothing', async () => {
    const exporting = await createWren()
    const { catalog, directory } = exporting
    const controller = new AbortController()
    interfere(exporting, () => {
      const entries = readdirSync(directory)
      expect(entries).toContainEqual(expect.stringMatching(/^\.out\.[0-9a-f]+\.tmp$/u))
      controller.abort(new Error('stop'))
    })
    const options = {
      layout: 'ollama',
      directory: join(directory, 'out'),
      signal: controller.signal,
    } as const
    await expect(exportLayout(catalog, 'tits/wren', options)).rejects.toThrow('stop')
    expect(readdirSync(directory).sort()).toEqual(['models', 'store'])
  })

  it('what is put into the empty directory stays, and the export is refused', async () => {
    const exporting = await createWren()
    const { catalog, directory, put } = exporting
    interfere(exporting, () => void put('out/note.txt', 'mine'))
    await expect(
      exportLayout(catalog, 'tits/wren', { layout: 'ollama', directory: join(directory, 'out') }),
    ).rejects.toMatchObject({ code: 'IO', details: { errno: 'ENOTEMPTY' } })
    expect(namesIn(directory).filter((name) => name.startsWith('out'))).toEqual(['out/note.txt'])
  })
})
