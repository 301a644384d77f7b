import { spawnSync } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { useTemporaryDirectory } from '@catalog/testkit'
import { buildPlain, buildStore, type PlainDamage, sha256 } from '@catalog/testkit/layouts'
import { sampleGguf, sampleSafetensors } from '@catalog/testkit/models'
import { describe, expect, it } from 'vitest'
import { scanAll, scanNames } from './scanned.ts'

const WHOLE = ['plain/big/big', 'plain/mmproj-wren', 'plain/sub/robin', 'plain/tit', 'plain/wren']

describe('scan of ordinary directories', () => {
  const root = useTemporaryDirectory()

  it('finds single files, sets of shards and directories with a configuration', async () => {
    const path = realpathSync(root.path)
    const { digests } = buildPlain(path)
    const { candidates, problems } = await scanAll(path)

    expect(problems).toEqual([])
    expect(candidates.map(({ id }) => id).sort()).toEqual(WHOLE)
    expect(candidates.find(({ id }) => id === 'plain/wren')).toEqual({
      layout: 'plain',
      store: path,
      id: 'plain/wren',
      name: 'wren.gguf',
      otherNames: [],
      source: pathToFileURL(`${path}/wren.gguf`).href,
      location: `${path}/wren.gguf`,
      declared: { digest: digests['wren.gguf'], origin: 'list', declaredIn: `${path}/SHA256SUMS` },
      sizeBytes: 1024,
      companions: [{ path: `${path}/mmproj-wren.gguf`, role: 'projector', sizeBytes: 1024 }],
      problems: [],
    })
    expect(candidates.find(({ id }) => id === 'plain/sub/robin')?.declared).toEqual({
      digest: digests['sub/robin.safetensors'],
      origin: 'list',
      declaredIn: `${path}/SHA256SUMS`,
    })
    expect(candidates.find(({ id }) => id === 'plain/big/big')).toMatchObject({
      name: 'big/big.gguf',
      location: `${path}/big`,
      sizeBytes: 2048,
      files: [
        { path: 'big-00001-of-00002.gguf', sizeBytes: 1024 },
        { path: 'big-00002-of-00002.gguf', sizeBytes: 1024 },
      ],
    })
    const tit = candidates.find(({ id }) => id === 'plain/tit')
    expect(tit).toMatchObject({
      name: 'tit',
      location: `${path}/tit`,
      source: pathToFileURL(`${path}/tit`).href,
    })
    expect(tit?.files?.map((file) => file.path)).toEqual([
      'config.json',
      'model-00001-of-00002.safetensors',
      'model-00002-of-00002.safetensors',
      'model.safetensors.index.json',
    ])
  })

  const damages: readonly (readonly [PlainDamage, readonly string[]])[] = [
    ['aria2', ['! incomplete']],
    ['broken-list', ['! broken-manifest']],
    ['dangling-link', ['! dangling-link']],
    ['lfs-pointer', ['! pointer-file']],
    ['link-loop', ['! link-loop', '! link-loop']],
    ['link-out', ['! link-out-of-store']],
    ['md5-list', ['! unusable-digest']],
    ['missing-indexed-file', ['! incomplete']],
    ['missing-shard', ['! incomplete']],
    ['partial', ['! incomplete', '! incomplete']],
    ['partial-of-directory', ['! incomplete']],
  ]
  it.each(damages)('reports %s and finds the rest', async (damage, found) => {
    buildPlain(root.path, damage)
    expect(await scanNames(root.path)).toEqual([...found, ...WHOLE])
  })

  it('names a directory that is itself the model after its own name', async () => {
    const store = buildStore(root.at('wren-1m'))
    store.put('config.json', '{}')
    store.put('model.safetensors', sampleSafetensors('wren'))
    expect(await scanNames(store.root)).toEqual(['plain/wren-1m'])
  })

  it('takes GGUF files beside a configuration as models of their own', async () => {
    const store = buildStore(root.path)
    store.put('wren/config.json', '{}')
    store.put('wren/model.safetensors', sampleSafetensors('wren'))
    store.put('wren/gguf/wren-q4.gguf', sampleGguf('wren'))
    store.put('robin/config.json', '{}')
    store.put('robin/robin.gguf', sampleGguf('robin'))
    expect(await scanNames(root.path)).toEqual(['plain/robin/robin', 'plain/wren', 'plain/wren/gguf/wren-q4'])
  })

  it('takes a checkpoint below a model as a model, and a part of a pipeline not', async () => {
    const store = buildStore(root.path)
    for (const directory of ['run', 'run/checkpoint-500', 'pipe/unet']) {
      store.put(`${directory}/config.json`, '{}')
      store.put(`${directory}/model.safetensors`, sampleSafetensors(directory))
    }
    store.put('pipe/model_index.json', '{}')
    expect(await scanNames(root.path)).toEqual(['plain/pipe', 'plain/run', 'plain/run/checkpoint-500'])
  })

  it('reports a model of several parts that has none of them', async () => {
    const store = buildStore(root.path)
    store.put('pipe/model_index.json', '{}')
    store.put('pipe/scheduler/scheduler_config.json', '{}')
    store.put('wren.gguf', sampleGguf('wren'))
    expect(await scanNames(root.path)).toEqual(['! no-weights', 'plain/wren'])
  })

  it('takes paths as each form of a checksum list writes them', async () => {
    const store = buildStore(root.path)
    const [gguf, tensors] = [sampleGguf('wren'), sampleSafetensors('robin')]
    store.put('wren.gguf', gguf)
    store.put('robin (1).safetensors', tensors)
    store.put('SHA256SUMS', `# of this directory\r\n${sha256(gguf)} *./wren.gguf\r\n`)
    store.put('checksums.txt', `SHA256 (robin (1).safetensors) = ${sha256(tensors)}\n`)
    const { candidates, problems } = await scanAll(root.path)
    expect(problems).toEqual([])
    expect(candidates.map(({ declared }) => declared?.digest).sort()).toEqual(
      [sha256(gguf), sha256(tensors)].sort(),
    )
  })

  it('reports a path that no entry can have', async () => {
    const store = buildStore(root.path)
    store.put('a\nb.gguf', sampleGguf('wren'))
    store.put('wren\u001b[2J/config.json', '{}')
    store.put('wren\u001b[2J/model.safetensors', sampleSafetensors('wren'))
    store.put('jay.gguf', sampleGguf('jay'))
    expect(await scanNames(root.path)).toEqual(['! unusable-name', '! unusable-name', 'plain/jay'])
  })

  it('is quiet about the MD5 list of Llama models', async () => {
    const store = buildStore(root.path)
    store.put('checklist.chk', `${'a'.repeat(32)}  consolidated.00.pth\n`)
    store.put('consolidated.00.pth', 'weights')
    const { candidates, problems } = await scanAll(root.path)
    expect(problems).toEqual([])
    expect(candidates.map(({ declared }) => declared)).toEqual([undefined])
  })

  it('reports a work tree of git-lfs without its files once for each model', async () => {
    const store = buildStore(root.path)
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 4000000000\n`
    store.put('wren/config.json', '{}')
    store.put('wren/model-00001-of-00002.safetensors', pointer)
    store.put('wren/model-00002-of-00002.safetensors', pointer)
    const { candidates, problems } = await scanAll(root.path)
    expect(candidates).toEqual([])
    expect(problems).toMatchObject([{ kind: 'pointer-file', model: 'wren/model-00001-of-00002.safetensors' }])
    expect(problems[0]?.text).toContain(`4000000000 bytes with the digest ${'a'.repeat(64)}`)
  })

  it('does not ask for the files of a format that was left out', async () => {
    const store = buildStore(root.path)
    store.put('wren/config.json', '{}')
    store.put('wren/pytorch_model.bin', 'pickle')
    store.putJson('wren/model.safetensors.index.json', {
      weight_map: { a: 'model-00001-of-00001.safetensors' },
    })
    expect(await scanNames(root.path)).toEqual(['plain/wren'])
  })

  it('gives two files of one stem different ids', async () => {
    const store = buildStore(root.path)
    store.put('wren.gguf', sampleGguf('wren'))
    store.put('Wren.safetensors', sampleSafetensors('wren'))
    expect(await scanNames(root.path)).toEqual(['plain/Wren.safetensors', 'plain/wren.gguf'])
  })

  it('reads a list of one file, also with the digest alone', async () => {
    const store = buildStore(root.path)
    store.put('wren.gguf', sampleGguf('wren'))
    store.put('wren.gguf.sha256', `${sha256(sampleGguf('wren'))}\n`)
    store.put('tool.sha256', 'a list of something else\n')
    const { candidates, problems } = await scanAll(root.path)
    expect(problems).toEqual([])
    expect(candidates.map(({ declared }) => declared?.digest)).toEqual([sha256(sampleGguf('wren'))])
  })

  it('prefers the list that is nearest', async () => {
    const store = buildStore(root.path)
    store.put('sub/wren.gguf', sampleGguf('wren'))
    store.put('SHA256SUMS', `${'a'.repeat(64)}  sub/wren.gguf\n`)
    store.put('sub/SHA256SUMS', `${'b'.repeat(64)} *wren.gguf\r\n`)
    const { candidates } = await scanAll(root.path)
    expect(candidates[0]?.declared?.digest).toBe('b'.repeat(64))
  })

  it('is quiet about links to what it finds elsewhere', async () => {
    const store = buildStore(root.path)
    store.put('models/wren.gguf', sampleGguf('wren'))
    store.link('best.gguf', 'models/wren.gguf')
    store.link('latest', 'models')
    store.put('store/blobs/sha256-00', sampleGguf('robin'))
    store.link('robin.gguf', 'store/blobs/sha256-00')
    expect(await scanNames(root.path)).toEqual(['plain/models/wren'])
  })

  it('takes a link to a file whose own name says nothing', async () => {
    const store = buildStore(root.path)
    store.put('kept/0001', sampleGguf('wren'))
    store.link('wren.gguf', 'kept/0001')
    const { candidates } = await scanAll(root.path)
    expect(candidates).toMatchObject([{ id: 'plain/wren', location: `${realpathSync(root.path)}/kept/0001` }])
    expect(candidates[0]).not.toHaveProperty('linksInto')
  })

  it('says where the links of a directory that is one model lead', async () => {
    const store = buildStore(root.path)
    store.put('kept/a/0001', sampleSafetensors('wren'))
    store.put('kept/b/0002', '{}')
    store.link('wren/model.safetensors', 'kept/a/0001')
    store.link('wren/config.json', 'kept/b/0002')
    const { candidates } = await scanAll(root.path)
    expect(candidates).toMatchObject([{ id: 'plain/wren', linksInto: `${realpathSync(root.path)}/kept` }])
  })

  it('reports what is neither a file nor a directory', async () => {
    const store = buildStore(root.path)
    store.put('wren.gguf', sampleGguf('wren'))
    spawnSync('mkfifo', [root.at('pipe.gguf'), root.at('pipe')])
    expect(await scanNames(root.path)).toEqual(['! not-a-file', 'plain/wren'])
  })

  it('enters no .git and no compiled cache', async () => {
    const store = buildStore(root.path)
    for (const directory of ['.git/lfs', 'torch_compile_cache', 'node_modules/a', '.cache/x'])
      store.put(`${directory}/wren.gguf`, sampleGguf('wren'))
    expect(await scanNames(root.path)).toEqual(['plain/cache/x/wren'])
  })
})
