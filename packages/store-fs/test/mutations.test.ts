import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { MUTATIONS } from '../torture/mutations.ts'

const SOURCE = fileURLToPath(new URL('../src', import.meta.url))

function countPlaces(file: string, text: string): number {
  const paths = readdirSync(SOURCE, { encoding: 'utf8', recursive: true })
  const [path, ...others] = paths.filter((each) => basename(each) === file)
  if (path === undefined || others.length > 0) return 0
  return readFileSync(join(SOURCE, path), 'utf8').split(text).length - 1
}

it.each(MUTATIONS)('what the mutation "$name" takes out stands in the source once', ({ edits }) => {
  expect(edits.map(({ file, find }) => countPlaces(file, find))).toEqual(edits.map(() => 1))
})
