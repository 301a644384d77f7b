import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

it('the README shows the store and the test that run', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const blocks = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code)
  const store = readFileSync(new URL('tiny-store.ts', import.meta.url), 'utf8')
  const test = readFileSync(new URL('tiny-store.test.ts', import.meta.url), 'utf8')
  expect(blocks).toEqual([store, test])
})
