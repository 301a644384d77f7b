import { readFileSync, realpathSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { useTemporaryDirectory } from '@catalog/testkit'
import {
  buildLocalDirectory,
  buildStore,
  gitBlobId,
  type LocalDamage,
  sha256,
} from '@catalog/testkit/layouts'
import { sampleGguf, sampleSafetensors } from '@catalog/testkit/models'
import { describe, expect, it } from 'vitest'
import { scanAll, scanNames } from './scanned.ts'

describe('scan of a directory that the Hugging Face client downloaded to', () => {
  const root = useTemporaryDirectory()
  const build = (damage?: LocalDamage) => buildLocalDirectory(realpathSync(root.path), damage)

  it('declares what the records of the download say', async () => {
    const { at } = build()
    const { candidates, problems } = await scanAll(root.path)
    const declaredIn = at('wren/.cache/huggingface/download/model.safetensors.metadata')
    expect(problems).toEqual([])
    expect(candidates).toEqual([
      {
        layout: 'huggingface-local',
        store: at('wren'),
        id: 'huggingface-local/wren',
        name: 'wren',
        otherNames: [],
        source: pathToFileURL(at('wren')).href,
        location: at('wren'),
        files: [
          { path: 'config.json', sizeBytes: 22, gitBlobId: gitBlobId('{"model_type":"wren"}\n') },
          {
            path: 'model.safetensors',
            sizeBytes: 1024,
            declared: { digest: sha256(sampleSafetensors('wren')), origin: 'hub', declaredIn },
          },
        ],
        sizeBytes: 1046,
        companions: [],
        problems: [],
      },
    ])
  })

  const notes: readonly (readonly [LocalDamage, string])[] = [
    ['broken-record', 'broken-manifest'],
    ['changed', 'changed-since'],
    ['masked-etag', 'unusable-digest'],
  ]
  it.each(notes)('declares no digest for %s, and says why', async (damage, kind) => {
    build(damage)
    const [wren] = (await scanAll(root.path)).candidates
    expect(wren?.problems.map((problem) => problem.kind)).toEqual([kind])
    expect(wren?.files?.map(({ declared }) => declared)).toEqual([undefined, undefined])
    expect(wren?.files?.[0]?.gitBlobId).toBeDefined()
  })

  it('uses the record of a file that is newer by less than the tolerance', async () => {
    const { at } = build()
    const { mtimeMs } = statSync(at('wren/model.safetensors'))
    utimesSync(at('wren/model.safetensors'), mtimeMs / 1000 + 1, mtimeMs / 1000 + 1)
    const [wren] = (await scanAll(root.path)).candidates
    expect(wren?.files?.[1]?.declared?.origin).toBe('hub')
  })

  it('goes by the record of each file, whatever commits they are of, and by none of an upload', async () => {
    const { at, put } = build()
    const record = at('wren/.cache/huggingface/download/config.json.metadata')
    writeFileSync(record, readFileSync(record, 'utf8').replace('c0ffee', 'badcab'))
    put('wren/.cache/huggingface/upload/model.safetensors.metadata', 'another format')
    const [wren] = (await scanAll(root.path)).candidates
    expect(wren?.problems).toEqual([])
    expect(wren?.files?.map(({ gitBlobId, declared }) => Boolean(gitBlobId ?? declared))).toEqual([
      true,
      true,
    ])
  })

  it('reads the records of older versions', async () => {
    const { at } = build()
    renameSync(at('wren/.cache/huggingface'), at('wren/.huggingface'))
    const { candidates } = await scanAll(root.path)
    expect(candidates).toMatchObject([{ id: 'huggingface-local/wren' }])
    expect(candidates[0]?.files?.[1]?.declared?.declaredIn).toBe(
      at('wren/.huggingface/download/model.safetensors.metadata'),
    )
  })

  it('reports an unfinished download beside the model', async () => {
    build('incomplete')
    expect(await scanNames(root.path)).toEqual(['! incomplete', 'huggingface-local/wren'])
  })

  it('takes a file without a record as it is', async () => {
    build('no-record')
    const [wren] = (await scanAll(root.path)).candidates
    expect(wren?.files?.map(({ path, declared }) => [path, declared?.origin])).toEqual([
      ['config.json', undefined],
      ['model.safetensors', 'hub'],
      ['more.safetensors', undefined],
    ])
    expect(wren?.problems).toEqual([])
  })

  it('calls only directories with records so, and finds other models below', async () => {
    const store = buildStore(realpathSync(root.path))
    const record = `${'c'.repeat(40)}\n${sha256(sampleGguf('wren'))}\n99999999999.5\n`
    store.put('home/gguf/wren.gguf', sampleGguf('wren'))
    store.put('home/own/jay.gguf', sampleGguf('jay'))
    store.put('home/.cache/huggingface/download/gguf/wren.gguf.metadata', record)
    const { candidates } = await scanAll(root.path)
    expect(candidates.map(({ id, declared }) => [id, declared?.origin])).toEqual([
      ['huggingface-local/home/gguf/wren', 'hub'],
      ['plain/home/own/jay', undefined],
    ])
  })
})
