import { realpathSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { useTemporaryDirectory } from '@catalog/testkit'
import { buildLmStudio, type LmStudioDamage } from '@catalog/testkit/layouts'
import { describe, expect, it } from 'vitest'
import { scanAll, scanNames } from './scanned.ts'

const WHOLE = [
  'lm-studio/acme/Robin-MLX',
  'lm-studio/acme/Wren-1M-GGUF/mmproj-wren-1m',
  'lm-studio/acme/Wren-1M-GGUF/wren-1m-q4_0',
]

describe('scan of the home directory of LM Studio', () => {
  const root = useTemporaryDirectory()
  const build = (damage?: LmStudioDamage) => buildLmStudio(realpathSync(root.path), damage)

  it('finds models by publisher and repository, without digests', async () => {
    const { at } = build()
    const { candidates, problems } = await scanAll(root.path)
    const wren = at('models/acme/Wren-1M-GGUF')
    expect(problems).toEqual([])
    expect(candidates.map(({ id }) => id)).toEqual(WHOLE)
    expect(candidates[2]).toEqual({
      layout: 'lm-studio',
      store: at('models'),
      id: 'lm-studio/acme/Wren-1M-GGUF/wren-1m-q4_0',
      name: 'acme/Wren-1M-GGUF/wren-1m-q4_0.gguf',
      otherNames: [],
      source: pathToFileURL(`${wren}/wren-1m-q4_0.gguf`).href,
      location: `${wren}/wren-1m-q4_0.gguf`,
      sizeBytes: 1024,
      companions: [{ path: `${wren}/mmproj-wren-1m.gguf`, role: 'projector', sizeBytes: 1024 }],
      problems: [],
    })
    expect(candidates[0]).toMatchObject({
      location: at('models/acme/Robin-MLX'),
      files: [{ path: 'config.json' }, { path: 'model.safetensors' }],
    })
  })

  const damages: readonly (readonly [LmStudioDamage, readonly string[]])[] = [
    ['broken-settings', ['! broken-manifest', ...WHOLE]],
    ['dangling-link', ['! dangling-link', ...WHOLE]],
    ['link-out', ['! link-out-of-store', ...WHOLE]],
    ['other-folder', ['lm-studio/acme/Jay/jay']],
    ['partial', ['! incomplete', ...WHOLE]],
  ]
  it.each(damages)('tells %s apart and finds the rest', async (damage, found) => {
    build(damage)
    expect(await scanNames(root.path)).toEqual([...found])
  })

  it('knows the directory of models in its home by its place', async () => {
    buildLmStudio(root.at('.lmstudio'))
    expect(await scanNames(root.at('.lmstudio', 'models'))).toEqual(WHOLE)
  })
})
