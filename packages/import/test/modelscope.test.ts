import { realpathSync } from 'node:fs'
import { useTemporaryDirectory } from '@catalog/testkit'
import { buildModelScope, type ModelScopeDamage } from '@catalog/testkit/layouts'
import { ModelRef } from 'model-catalog'
import { describe, expect, it } from 'vitest'
import { scanAll, scanNames } from './scanned.ts'

const WHOLE = ['modelscope/acme/Jay/q4/jay', 'modelscope/acme/Wren-1.5']

describe('scan of a ModelScope cache', () => {
  const root = useTemporaryDirectory()
  const build = (damage?: ModelScopeDamage) => buildModelScope(realpathSync(root.path), damage)

  it('finds models by owner and true name, with their revision in the source', async () => {
    const { at } = build()
    const { candidates, problems } = await scanAll(root.path)
    const common = {
      layout: 'modelscope',
      store: at('hub/models'),
      otherNames: [],
      companions: [],
      problems: [],
    }
    expect(problems).toEqual([])
    expect(candidates).toEqual([
      {
        ...common,
        id: 'modelscope/acme/Jay/q4/jay',
        name: 'acme/Jay/q4/jay.gguf',
        source: 'https://modelscope.cn/models/acme/Jay/resolve/master/q4/jay.gguf',
        location: at('hub/models/acme/Jay/q4/jay.gguf'),
        sizeBytes: 1024,
      },
      {
        ...common,
        id: 'modelscope/acme/Wren-1.5',
        name: 'acme/Wren-1.5',
        source: 'https://modelscope.cn/models/acme/Wren-1.5',
        location: at('hub/models/acme/Wren-1___5'),
        sizeBytes: 1026,
        files: [
          { path: 'config.json', sizeBytes: 2 },
          { path: 'model.safetensors', sizeBytes: 1024 },
        ],
      },
    ])
    for (const { source } of candidates) expect(ModelRef.parse(source).text).toBe(source)
  })

  const damages: readonly (readonly [ModelScopeDamage, readonly string[]])[] = [
    ['downloads', ['! incomplete', ...WHOLE]],
    ['missing-shard', ['! incomplete', ...WHOLE]],
  ]
  it.each(damages)('tells %s apart and finds the rest', async (damage, found) => {
    build(damage)
    expect(await scanNames(root.path)).toEqual([...found])
  })
})
