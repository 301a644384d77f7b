import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { useTemporaryDirectory } from '@catalog/testkit'
import { buildHub, buildLlamaCache, buildLmStudio, buildPlain, buildStore } from '@catalog/testkit/layouts'
import { sampleGguf } from '@catalog/testkit/models'
import { bundleProgram, lacks } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import { scan } from '../src/index.ts'
import { scanAll, scanNames } from './scanned.ts'

describe('scan', () => {
  const root = useTemporaryDirectory()

  /** A home directory with several stores, one below another. */
  function buildHome(): void {
    buildHub(root.at('.cache', 'huggingface'))
    buildLlamaCache(root.at('.cache', 'llama.cpp'))
    buildLmStudio(root.at('.lmstudio'))
    buildPlain(root.at('models'))
    buildHub(root.at('models', 'sub'))
  }

  it('finds several stores below one directory, and one below another', async () => {
    buildHome()
    const { candidates, problems } = await scanAll(root.path)
    const counts = new Map<string, number>()
    for (const { layout } of candidates) counts.set(layout, (counts.get(layout) ?? 0) + 1)
    expect(problems).toEqual([])
    expect([...counts]).toEqual([
      ['huggingface', 4],
      ['llama.cpp', 5],
      ['lm-studio', 3],
      ['plain', 5],
    ])
  })

  it('gives the same items in the same order each time', async () => {
    buildHome()
    expect(await scanAll(root.path)).toEqual(await scanAll(root.path))
  })

  it('yields only the stores of the tools that are asked for', async () => {
    buildHome()
    const { candidates } = await scanAll(root.path, { only: ['llama.cpp'] })
    expect(candidates.map(({ layout }) => layout)).toEqual(Array.from({ length: 5 }, () => 'llama.cpp'))
    expect(await scanNames(root.path, { only: ['ollama'] })).toEqual([])
  })

  it('rejects with the reason of its signal, before the first item and after it', async () => {
    buildPlain(root.path)
    const reason = new Error('enough')
    await expect(scanAll(root.path, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const controller = new AbortController()
    const items = scan(root.path, { signal: controller.signal })
    expect((await items.next()).done).toBe(false)
    controller.abort(reason)
    await expect(items.next()).rejects.toBe(reason)
  })

  it('rejects with FILE_MISSING if nothing or a file is at the path', async () => {
    writeFileSync(root.at('wren.gguf'), sampleGguf('wren'))
    for (const name of ['nothing', 'wren.gguf', 'wren.gguf/below'])
      await expect(scan(root.at(name)).next()).rejects.toMatchObject({
        code: 'FILE_MISSING',
        details: { path: root.at(name) },
      })
  })

  it('rejects with IO if the path cannot be resolved', async () => {
    symlinkSync('round', root.at('round'))
    await expect(scan(root.at('round')).next()).rejects.toMatchObject({
      code: 'IO',
      details: { path: root.at('round'), errno: 'ELOOP' },
    })
  })

  it('reports a link to a directory outside, and is quiet about one inside', async () => {
    const store = buildStore(root.at('models'))
    store.put('wren/wren.gguf', sampleGguf('wren'))
    store.link('latest', 'wren')
    mkdirSync(root.at('elsewhere'))
    writeFileSync(root.at('notes.txt'), '')
    symlinkSync('../elsewhere', store.at('more'))
    symlinkSync('../notes.txt', store.at('notes.txt'))
    expect(await scanNames(store.root)).toEqual(['! link-out-of-store', 'plain/wren/wren'])
  })

  it('ends where links to directories lead round', async () => {
    const store = buildStore(root.path)
    store.put('a/wren.gguf', sampleGguf('wren'))
    store.link('a/b/up', 'a')
    expect(await scanNames(root.path)).toEqual(['plain/a/wren'])
  })

  it('reports a tree that is too deep, and finds what is beside it', async () => {
    const deep = join('deep', ...Array.from({ length: 40 }, () => 'd'))
    buildStore(root.path).put(`${deep}/wren.gguf`, sampleGguf('wren'))
    buildStore(root.path).put('wren.gguf', sampleGguf('wren'))
    expect(await scanNames(root.path)).toEqual(['! too-many', 'plain/wren'])
  })

  it('reports what it could not look at, whatever tools are asked for', async () => {
    const deep = join('deep', ...Array.from({ length: 40 }, () => 'd'))
    buildStore(root.path).put(`${deep}/wren.gguf`, sampleGguf('wren'))
    expect(await scanNames(root.path, { only: ['ollama'] })).toEqual(['! too-many'])
  })

  it('leaves the files of a catalog to it', async () => {
    const store = buildStore(root.path)
    store.put('models/.catalog/anchor', '')
    store.put('models/wren.gguf', sampleGguf('wren'))
    store.put('jay.gguf', sampleGguf('jay'))
    expect(await scanNames(root.path)).toEqual(['plain/jay'])
  })

  it('goes on if a directory vanishes while it is scanned', async () => {
    const store = buildStore(root.path)
    for (const name of ['a', 'b', 'c']) store.put(`${name}/wren.gguf`, sampleGguf('wren'))
    const found: string[] = []
    for await (const item of scan(root.path)) {
      found.push(item.kind === 'candidate' ? item.candidate.id : item.problem.kind)
      rmSync(root.at('b'), { recursive: true, force: true })
    }
    expect(found).toEqual(['plain/a/wren', 'missing-file', 'plain/c/wren'])
  })

  it('goes on if files become something else while they are scanned', async () => {
    buildHome()
    const found: string[] = []
    for await (const item of scan(root.path)) {
      found.push(item.kind)
      rmSync(root.at('.lmstudio', 'models'), { recursive: true, force: true })
      writeFileSync(root.at('.lmstudio', 'models'), 'a file now')
      rmSync(root.at('models', 'big', 'big-00001-of-00002.gguf'), { force: true })
    }
    expect(found).toContain('problem')
    expect(found.filter((kind) => kind === 'candidate')).toHaveLength(4 + 5 + 4)
  })

  it.each([['manifests'], ['repositories']])(
    'finds the models beside empty directories named blobs and %s',
    async (name) => {
      for (const each of ['blobs', name]) mkdirSync(root.at(each))
      writeFileSync(root.at('wren.gguf'), sampleGguf('wren'))
      const { candidates } = await scanAll(root.path)
      expect(candidates.map(({ id }) => id)).toEqual(['plain/wren'])
    },
  )

  it('refuses a manifest that is too large', async () => {
    const { repository } = buildHub(root.path)
    const tree = join(repository, 'trees', `${'c0ffee'.padEnd(40, '0')}.json`)
    writeFileSync(tree, '')
    spawnSync('truncate', ['-s', '1G', tree])
    expect(await scanNames(root.path)).toEqual([
      '! broken-manifest',
      'huggingface/acme/Wren-1M',
      'huggingface/acme/Wren-1M/gguf/wren-1m-q4_0',
    ])
  })

  it.skipIf(lacks('posix'))('reports names that are not UTF-8', async () => {
    const name = Buffer.concat([Buffer.from(`${root.path}/w`), Buffer.from([0xff]), Buffer.from('.gguf')])
    writeFileSync(name, sampleGguf('wren'))
    writeFileSync(root.at('wren.gguf'), sampleGguf('wren'))
    const found: string[] = []
    for await (const item of scan(root.path))
      found.push(item.kind === 'candidate' ? item.candidate.id : item.problem.kind)
    expect(found).toEqual(['not-utf8', 'plain/wren'])
  })

  it.skipIf(lacks('posix'))('reports them once in the store of a tool too', async () => {
    const { repository } = buildHub(root.path)
    const name = Buffer.concat([Buffer.from(`${repository}/snapshots/`), Buffer.from([0xff])])
    mkdirSync(name)
    expect(await scanNames(root.path)).toEqual([
      '! not-utf8',
      'huggingface/acme/Wren-1M',
      'huggingface/acme/Wren-1M/gguf/wren-1m-q4_0',
    ])
  })

  it.skipIf(lacks('other-user'))(
    'reports a directory that it may not read, and rejects for its root',
    async () => {
      const store = buildStore(root.path)
      store.put('wren.gguf', sampleGguf('wren'))
      store.put('closed/jay.gguf', sampleGguf('jay'))
      chmodSync(root.at('closed'), 0o700)
      chmodSync(root.path, 0o755)
      const { node, path: program } = await bundleProgram(new URL('./scan-program.ts', import.meta.url))
      const run = (path: string): unknown =>
        JSON.parse(execFileSync(node, [program, path], { encoding: 'utf8', uid: 65534 }))
      expect(run(root.path)).toMatchObject({ candidates: 1, kinds: ['unreadable'] })
      expect(run(root.at('closed'))).toBe('IO')
    },
  )

  it.skipIf(lacks('other-user'))(
    'finds every other model of every layout if a file of one model may not be read',
    async () => {
      const { node, path } = await bundleProgram(new URL('./unreadable-program.ts', import.meta.url))
      const { tried, lost } = JSON.parse(execFileSync(node, [path, root.at('')], { encoding: 'utf8' }))
      expect(lost).toEqual([])
      expect(tried).toBeGreaterThan(40)
    },
  )

  it.skipIf(lacks('tmpfs')).each(['of a disk', 'of a directory'])(
    'reads a read-only mount %s',
    async (kind) => {
      const mount = root.at('mount')
      mkdirSync(mount)
      mkdirSync(root.at('hidden'))
      const isDisk = kind === 'of a disk'
      const run = (...args: string[]): void => void execFileSync('mount', args)
      if (isDisk) run('-t', 'tmpfs', 'tmpfs', mount)
      try {
        buildHub(isDisk ? mount : root.at('hidden'))
        if (!isDisk) run('--bind', root.at('hidden'), mount)
        run('-o', isDisk ? 'remount,ro' : 'remount,bind,ro', mount)
        expect(() => writeFileSync(join(mount, 'probe'), '')).toThrow('EROFS')
        expect(await scanNames(mount)).toEqual([
          'huggingface/acme/Wren-1M',
          'huggingface/acme/Wren-1M/gguf/wren-1m-q4_0',
        ])
      } finally {
        spawnSync('umount', [mount])
      }
    },
  )

  it('is quiet about sockets, devices and files of other kinds', async () => {
    buildStore(root.path).put('wren.gguf', sampleGguf('wren'))
    spawnSync('mkfifo', [root.at('pipe')])
    writeFileSync(root.at('key.rmodel'), 'a key')
    expect(await scanNames(root.path)).toEqual(['plain/wren'])
  })
})
