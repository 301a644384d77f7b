import { mkdirSync, writeFileSync } from 'node:fs'
import { useTemporaryDirectory } from '@catalog/testkit'
import { sampleGguf } from '@catalog/testkit/models'
import { lacks } from '@catalog/testkit/running'
import { describe, expect, it } from 'vitest'
import { openCatalog } from '../src/index.ts'

const temporary = useTemporaryDirectory()

describe.skipIf(lacks('posix'))('a catalog whose root has a name with control characters', () => {
  it.each(['line\nfeed', 'escape\u001b[31m', 'tab\t', 'delete\u007f', 'next\u0085line'])(
    'verifies and serves its models, and is opened again: %j',
    async (name) => {
      const root = temporary.at(name)
      mkdirSync(root)
      writeFileSync(temporary.at(name, 'wren.gguf'), sampleGguf('wren'))
      const catalog = await openCatalog({ root })
      await catalog.register({ id: 'wren', source: 'file:wren.gguf', file: 'wren.gguf' })
      expect(await catalog.verify('wren')).toMatchObject({ state: 'Active' })
      await catalog.close()
      await using again = await openCatalog({ root })
      expect(await again.resolve('wren')).toMatchObject({ path: temporary.at(name, 'wren.gguf') })
      expect(await again.upkeep.audit()).toMatchObject({ right: 1, unreadable: [], wrong: [] })
    },
  )
})
